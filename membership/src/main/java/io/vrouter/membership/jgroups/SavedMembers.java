package io.vrouter.membership.jgroups;

import io.vrouter.membership.Member;
import io.vrouter.membership.MemberRecord;
import io.vrouter.membership.MemberState;
import io.vrouter.membership.MembershipView;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.crypto.Ed25519Verifier;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The members on the disk: addresses to contact after a restart, and the records whose data path
 * the next start adopts. Thread-safe.
 */
final class SavedMembers {
  private final JGroupsConfig config;
  private final Problems problems;
  private final PeersFile peersFile;
  private final RecordsFile recordsFile;
  private @Nullable MembershipView saved;

  SavedMembers(JGroupsConfig config, Problems problems) {
    this.config = config;
    this.problems = problems;
    this.peersFile = new PeersFile(config.stateDir());
    this.recordsFile = new RecordsFile(config.stateDir());
  }

  /** The addresses of the last run's members. */
  synchronized List<InetSocketAddress> peers() {
    return peersFile.load(problems);
  }

  /** The records of the last run's members, without banned ones. */
  synchronized List<MemberRecord> records() {
    Set<NodeId> banned = config.keys().banned();
    return recordsFile.load(config.keys().keyring(), new Ed25519Verifier(), problems).stream()
        .filter(record -> !banned.contains(record.id()))
        .toList();
  }

  /** Saves the addresses of the members. */
  synchronized void savePeers(MembershipView view) {
    Set<InetSocketAddress> members = new LinkedHashSet<>();
    Set<InetSocketAddress> gone = new HashSet<>();
    gone.addAll(config.own());
    for (Member member : view.members().values()) {
      boolean left = member.state() == MemberState.LEFT || member.state() == MemberState.REPLACED;
      if (!member.id().equals(view.self())) {
        (left ? gone : members).add(member.record().endpoint());
      }
    }
    peersFile.save(members, gone, problems);
  }

  /** Saves the records of the members whose data path is kept, when the view changed. */
  // An unchanged view is the same object; comparing members would cost O(n).
  @SuppressWarnings("ReferenceEquality")
  synchronized void saveRecords(MembershipView view) {
    if (view == saved) {
      return;
    }
    saved = view;
    List<MemberRecord> kept = new ArrayList<>();
    for (Member member : view.members().values()) {
      if (!member.id().equals(view.self()) && member.state().keepsDataPath()) {
        kept.add(member.record());
      }
    }
    recordsFile.save(kept, config.keys().keyring(), problems);
  }

  /** The records are sealed by the epoch's key: they are written anew. */
  synchronized void rekeyed() {
    recordsFile.rekeyed();
    saved = null;
  }

  /** No part of the data path stays, so the next start adopts no member. */
  synchronized void left() {
    recordsFile.save(List.of(), config.keys().keyring(), problems);
  }
}
