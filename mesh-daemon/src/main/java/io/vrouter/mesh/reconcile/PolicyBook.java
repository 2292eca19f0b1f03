package io.vrouter.mesh.reconcile;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.NodeKeys;
import io.vrouter.membership.Sha256;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.plan.LocalState;
import io.vrouter.mesh.plan.RemoteHost;
import io.vrouter.mesh.policy.PolicyException;
import io.vrouter.mesh.policy.PolicyFilter;
import io.vrouter.mesh.policy.SignedPolicy;
import io.vrouter.mesh.record.HostRecord;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest policy with the operator's signature, from the disk, from a command or from other
 * hosts' records. A few hosts carry it in their records, so that hosts that join receive it: those
 * that rank first by a hash of version and node id, and later ones where these don't.
 *
 * <p>Without the operator's public key nothing is read, carried or enforced.
 */
final class PolicyBook {
  private static final Logger LOG = LoggerFactory.getLogger(PolicyBook.class);

  /** Hosts that carry the policy. */
  static final int CARRIERS = 3;

  /** How long the next {@link #CARRIERS} hosts wait for those that rank before them. */
  static final Duration TURN = Duration.ofSeconds(5);

  private final SavedValue<Optional<SignedPolicy>> saved;
  private final NodeKeys keys;
  private final Set<Bytes> refused = new HashSet<>();
  private @Nullable SignedPolicy policy;

  /** Whether the last {@link #advance} met a newer policy. */
  private boolean offered;

  private boolean carries;
  private @Nullable Long scarceSince;
  private @Nullable Long turn;

  /**
   * Restores the policy of an earlier run.
   *
   * @param later the thread that writes
   * @param done run on that thread when a pass should follow
   */
  PolicyBook(PolicyStore store, StateWriter.Later later, Runnable done, NodeKeys keys) {
    this.keys = keys;
    if (keys.operator() != null) {
      store.load().ifPresent(text -> load(store, text));
    }
    saved =
        new SavedValue<>(
            Optional.ofNullable(policy),
            one -> store.save(one.map(SignedPolicy::text).orElse("")),
            later,
            done);
  }

  private void load(PolicyStore store, String text) {
    try {
      SignedPolicy former = SignedPolicy.parse(text);
      if (valid(former)) {
        policy = former;
      } else {
        store.reject("is not signed by the operator's key");
      }
    } catch (PolicyException e) {
      store.reject("holds " + e.getMessage());
    }
  }

  private boolean valid(SignedPolicy candidate) {
    Bytes key = keys.operator();
    return key != null && candidate.signedBy(key, keys.verifier());
  }

  /** The policy in force. */
  Optional<SignedPolicy> policy() {
    return Optional.ofNullable(policy);
  }

  /**
   * Puts a policy in force once it is saved; {@link #advance} sees that.
   *
   * @throws PolicyException when this host has no operator key, the key didn't sign it, or it isn't
   *     newer
   */
  SavedValue.Saving<SignedPolicy> apply(SignedPolicy candidate) throws PolicyException {
    if (keys.operator() == null) {
      throw new PolicyException(
          "this host has no operator's public key: start meshd with --policy-key on every host, or"
              + " with a token of 'token create --operator-key'",
          null);
    }
    if (!valid(candidate)) {
      throw new PolicyException(
          "the policy is not signed by the operator's key (--policy-key, else the token's)", null);
    }
    SignedPolicy now = saved.newest().orElse(null);
    if (now != null && now.octets().equals(candidate.octets())) {
      return new SavedValue.Saving<>(candidate, saved.save(saved.newest()));
    }
    if (now != null && now.policy().version() >= candidate.policy().version()) {
      throw new PolicyException(
          "version %d is in force here: sign the policy with a version above it, this one has %d"
              .formatted(now.policy().version(), candidate.policy().version()),
          null);
    }
    return new SavedValue.Saving<>(candidate, saved.save(Optional.of(candidate)));
  }

  /** Puts the saved policy in force. */
  void force() {
    SignedPolicy newest = saved.saved().orElse(null);
    if (newest != null && !newest.equals(policy)) {
      policy = newest;
      scarceSince = null;
      refused.clear();
      LOG.info("policy {} is in force", newest.policy().version());
    }
  }

  /** Takes a newer policy from the records, and what it allows of this host and of others. */
  PolicyFilter advance(LocalState local, List<RemoteHost> peers, long now) {
    if (keys.operator() == null) {
      return PolicyFilter.none(local, peers);
    }
    offered = false;
    peers.forEach(peer -> hear(peer.record().policy()));
    force();
    SignedPolicy current = policy;
    if (current == null) {
      return PolicyFilter.none(local, peers);
    }
    carry(current, local.self(), peers, now);
    return PolicyFilter.of(current.policy(), local, peers);
  }

  private void hear(Bytes octets) {
    SignedPolicy current = saved.newest().orElse(null);
    if (octets.length() == 0
        || (current != null && current.octets().equals(octets))
        || refused.contains(octets)) {
      return;
    }
    try {
      SignedPolicy candidate = SignedPolicy.of(octets);
      if ((current == null || candidate.policy().version() > current.policy().version())
          && valid(candidate)) {
        offered = true;
        Future<?> unused = saved.save(Optional.of(candidate));
        return;
      }
    } catch (PolicyException e) {
      LOG.debug("a record carries no policy", e);
    }
    if (refused.size() > peerLimit()) {
      refused.clear();
    }
    refused.add(octets);
  }

  /** Most invalid policies that are kept, so that none is checked twice. */
  private static int peerLimit() {
    return 256;
  }

  private void carry(SignedPolicy current, NodeId self, List<RemoteHost> peers, long now) {
    long mine = rank(current, self);
    int before = 0;
    int carriers = 0;
    for (RemoteHost peer : peers) {
      if (peer.state().keepsDataPath()) {
        boolean first = Long.compareUnsigned(rank(current, peer.id()), mine) < 0;
        before += first ? 1 : 0;
        carriers += first && peer.record().policy().equals(current.octets()) ? 1 : 0;
      }
    }
    turn = null;
    if (carriers >= CARRIERS) {
      carries = false;
      scarceSince = null;
      return;
    }
    if (scarceSince == null) {
      scarceSince = now;
    }
    long due = scarceSince + TURN.toNanos() * (before / CARRIERS);
    if (carries || due - now <= 0) {
      carries = true;
    } else {
      turn = due;
    }
  }

  private static long rank(SignedPolicy current, NodeId id) {
    byte[] seed =
        ByteBuffer.allocate(NodeId.BYTES + Long.BYTES)
            .put(id.toBytes())
            .putLong(current.policy().version())
            .array();
    return ByteBuffer.wrap(Sha256.of(seed)).getLong();
  }

  /** When {@link #advance} is due without a change; empty for never. */
  Optional<Long> deadline() {
    return Optional.ofNullable(turn);
  }

  /** This host's record, with the policy where this host carries it. */
  HostRecord in(HostRecord record) {
    SignedPolicy current = policy;
    return current != null && carries ? record.with(current.octets()) : record;
  }

  /** Problems for the operator. */
  List<Problem> problems() {
    List<Problem> problems = new ArrayList<>();
    if (keys.policyExpected() && policy == null) {
      problems.add(
          Problem.warning(
              "policy-missing",
              "this host has an operator's key and no policy: every member may have every prefix",
              "run 'meshctl policy apply FILE' on one host"));
    }
    saved
        .failure()
        .filter(why -> offered)
        .ifPresent(
            why ->
                problems.add(
                    new Problem(
                        "state-not-saved",
                        "a newer policy can't be saved and is not in force: " + why.getMessage(),
                        "make room in, or the right to write to, the directory of --state-dir")));
    return problems;
  }
}
