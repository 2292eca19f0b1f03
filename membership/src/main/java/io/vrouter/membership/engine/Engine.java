package io.vrouter.membership.engine;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.MembershipView;
import io.vrouter.membership.Signer;
import io.vrouter.membership.Verifier;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * One node's membership: SWIM, Lifeguard and anti-entropy. Not thread-safe: one thread owns it.
 *
 * <p>The owner feeds a {@link Input.Tick} first, which starts the engine's clock, then every input
 * as it comes and a tick whenever {@link #deadline} has passed, and carries out the effects.
 */
public final class Engine {
  private final Signer signer;
  private long deadline;

  /**
   * Creates a node that has not said a word yet.
   *
   * @param self where others reach this node; resolved
   * @param incarnation boot count &lt;&lt; 32; the host persists the count before the first step
   * @param bootNonce random per boot
   * @param payload at most {@code MemberRecord.MAX_PAYLOAD} bytes
   * @throws IllegalArgumentException when the payload is too long or the address unresolved
   */
  public Engine(
      SwimConfig config,
      Signer signer,
      Verifier verifier,
      InetSocketAddress self,
      long incarnation,
      long bootNonce,
      Bytes payload,
      RandomGenerator random) {
    this.signer = signer;
  }

  /**
   * Takes one input.
   *
   * @param now monotonic nanoseconds ({@code System.nanoTime}); one that goes back counts as
   *     standing still
   * @return what to do, in order
   */
  public List<Effect> step(Input input, long now) {
    deadline = now + 1_000_000_000L;
    return List.of();
  }

  /**
   * When the next {@link Input.Tick} is wanted, on the clock of {@link #step}; compare by
   * subtraction.
   */
  public long deadline() {
    return deadline;
  }

  /** The newest snapshot: built when something changed since the last call, else the same one. */
  public MembershipView view() {
    return new MembershipView(signer.id(), Map.of(), false);
  }

  /** What was counted so far. */
  public Counters counters() {
    return new Counters(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  }
}
