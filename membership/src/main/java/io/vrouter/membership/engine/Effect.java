package io.vrouter.membership.engine;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.Member;
import io.vrouter.membership.MembershipEvent;
import java.net.InetSocketAddress;

/** An action the owner of an {@link Engine} carries out, in order. */
public sealed interface Effect {
  /** Send one datagram of at most {@code Codec.MAX_DATAGRAM} bytes; losing it is harmless. */
  record Send(InetSocketAddress to, Bytes bytes) implements Effect {}

  /** Pass the event to the listeners. The view already shows it. */
  record Emit(MembershipEvent event) implements Effect {}

  /**
   * Probe the peer's kernel over the data path; {@link Input.DataPathAnswer} is due within about 1
   * s. A missing one counts as unknown.
   */
  record ProbeDataPath(Member peer, long probe) implements Effect {}

  /** Run discovery now and feed the answers as {@link Input.Discovered}. */
  record Discover() implements Effect {}

  /**
   * The node's identity was seen with a higher boot count than the host had persisted: persist this
   * incarnation's boot count (its upper 32 bits), so that the next start is above it.
   */
  record Persist(long incarnation) implements Effect {}

  /**
   * Enough members acknowledged the intent, or none is alive. The engine sends nothing afterwards.
   */
  record LeaveDone() implements Effect {}
}
