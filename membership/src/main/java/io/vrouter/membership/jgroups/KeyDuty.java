package io.vrouter.membership.jgroups;

import io.vrouter.membership.NodeId;
import io.vrouter.membership.crypto.KeyBook;
import io.vrouter.membership.crypto.KeyReport;
import io.vrouter.membership.crypto.SealedLink;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the keys need besides opening and sealing: sends what is due, keeps the file, reports
 * refusals. One thread of its own, {@code keys}, which wakes once a second.
 */
final class KeyDuty implements AutoCloseable {
  private static final String REFUSED = "keys-refused";
  private static final String UNWRITABLE = "keys-unwritable";

  private final KeyBook book;
  private final Problems problems;
  private final SealedLink link;
  private final BiConsumer<InetSocketAddress, ByteBuffer> send;
  private final SlowTasks tasks = new SlowTasks("keys");
  private final AtomicBoolean waiting = new AtomicBoolean();
  private Consumer<Set<NodeId>> bans = banned -> {};
  private Runnable rekeyed = () -> {};
  private Set<NodeId> banned = Set.of();
  private int key;

  /**
   * Prepares; nothing runs yet.
   *
   * @param send sends a sealed datagram
   */
  KeyDuty(
      JGroupsConfig config,
      Problems problems,
      SealedLink link,
      BiConsumer<InetSocketAddress, ByteBuffer> send) {
    this.book = config.keys();
    this.problems = problems;
    this.link = link;
    this.send = send;
    this.key = book.keyring().id();
  }

  /**
   * Sets what follows a change; before the start.
   *
   * @param onBans receives the banned nodes
   * @param onRekeyed runs when another key seals
   */
  void listen(Consumer<Set<NodeId>> onBans, Runnable onRekeyed) {
    bans = onBans;
    rekeyed = onRekeyed;
  }

  void start() {
    link.onKeys(this::wake);
    tasks.every(1, this::turn);
    wake();
  }

  /** Takes a turn soon. Any thread. */
  void wake() {
    if (waiting.compareAndSet(false, true)) {
      tasks.after(0, this::turn);
    }
  }

  private synchronized void turn() {
    waiting.set(false);
    for (SealedLink.Outgoing outgoing : link.dueKeys()) {
      send.accept(outgoing.to(), outgoing.datagram());
    }
    Set<NodeId> now = book.banned();
    if (!now.equals(banned)) {
      banned = now;
      bans.accept(now);
    }
    if (book.keyring().id() != key) {
      key = book.keyring().id();
      rekeyed.run();
    }
    save();
    report(link.refusal());
  }

  private void save() {
    try {
      book.save();
      problems.clear(UNWRITABLE, "");
    } catch (IOException e) {
      problems.put(
          UNWRITABLE,
          "",
          "keeping the mesh's keys in the state directory: " + e,
          "make room there and let this program write, else this host needs a token at its next"
              + " start");
    }
  }

  private void report(KeyReport.@Nullable RefusalReport refusal) {
    if (refusal == null) {
      problems.clear(REFUSED, "");
      return;
    }
    String fix =
        "make a token with 'meshctl token create --once' on a member, put it in this host's token"
            + " file and restart meshd";
    String why =
        switch (refusal.reason()) {
          case "BANNED" -> "this host's identity is banned";
          case "USED" -> "its one-time token has admitted another host";
          case "NOT_HERE" -> "its one-time token counts at the host that made it only";
          case "OUTDATED" -> "it was away while the keys were rotated";
          default -> "its token was revoked, has expired or ended with a rotation of the keys";
        };
    if (refusal.reason().equals("BANNED")) {
      fix =
          "if it is to come back, delete 'identity', 'boot-count' and 'keys' in its state"
              + " directory; then "
              + fix;
    } else if (refusal.reason().equals("NOT_HERE")) {
      fix = "start the host that made the token, or " + fix;
    }
    problems.put(
        REFUSED,
        "",
        PeersFile.format(refusal.by()) + " gives this host no key of the mesh: " + why,
        fix);
  }

  @Override
  public void close() {
    tasks.close();
    synchronized (this) {
      save();
    }
  }
}
