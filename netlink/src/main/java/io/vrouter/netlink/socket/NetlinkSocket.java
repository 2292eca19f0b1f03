package io.vrouter.netlink.socket;

import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * Sends and receives netlink datagrams: the seam at which a fake kernel replaces the real one.
 *
 * <p>One thread at a time sends and receives; any thread may close.
 */
public interface NetlinkSocket extends AutoCloseable {
  /**
   * Sends one datagram, the remaining octets of the buffer, whose position moves to its limit.
   *
   * @throws SyscallException when the kernel refuses it
   */
  void send(ByteBuffer datagram);

  /**
   * The next datagram.
   *
   * @param timeout zero doesn't wait
   * @throws SyscallException when the socket is broken
   */
  Received receive(Duration timeout);

  /** Idempotent. A thread that waits in {@link #receive} gets {@link Received.Closed}. */
  @Override
  void close();

  /** Result of {@link #receive}. */
  sealed interface Received {
    /**
     * A datagram from the kernel.
     *
     * @param octets valid until the thread's next call on any socket; position 0, host order
     */
    record KernelDatagram(ByteBuffer octets) implements Received {}

    /** The timeout elapsed. */
    record Nothing() implements Received {}

    /** Datagrams were lost: the receive buffer was full (ENOBUFS), or one was larger than ours. */
    record ReceiveOverrun() implements Received {}

    /** The socket is closed. */
    record Closed() implements Received {}
  }
}
