package io.vrouter.mesh.probe;

import io.vrouter.netlink.socket.UdpErrorProbe;
import java.net.InetAddress;
import java.time.Duration;

/**
 * One round trip over the data path, timed by the ICMP error of a closed port. The kernel sends no
 * more than six such errors at once and one a second afterwards: ask no faster.
 *
 * @param answer whether the peer's kernel answered
 * @param roundTrip from the datagram to the answer, or how long was waited
 */
public record Ping(UdpErrorProbe.Answer answer, Duration roundTrip) {
  /**
   * Asks once, in the calling thread.
   *
   * @param overlay the peer's overlay address
   * @param port the closed port, the same as in the peer's firewall policy
   * @param timeout how long an answer may take
   * @throws io.vrouter.netlink.socket.SyscallException when no socket is to be had
   */
  public static Ping once(InetAddress overlay, int port, Duration timeout) {
    long begun = System.nanoTime();
    UdpErrorProbe.Answer answer = UdpErrorProbe.ask(overlay, port, 1, timeout);
    return new Ping(answer, Duration.ofNanos(System.nanoTime() - begun));
  }
}
