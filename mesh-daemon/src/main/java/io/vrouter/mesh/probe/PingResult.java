package io.vrouter.mesh.probe;

import io.vrouter.netlink.socket.UdpErrorProbe;
import java.net.InetAddress;
import java.time.Duration;

/**
 * One round trip over the data path, timed by the ICMP error of a closed port. The kernel sends at
 * most 6 such errors in a burst and 1 per second afterwards (icmp_ratelimit): probe no faster.
 *
 * @param answer whether the peer's kernel answered
 * @param roundTrip from the datagram to the answer, or the time waited
 */
public record PingResult(UdpErrorProbe.ProbeResult answer, Duration roundTrip) {
  /**
   * Probes once, on the calling thread.
   *
   * @param overlay the peer's overlay address
   * @param port the closed port, the same as in the peer's firewall policy
   * @param timeout longest time to the answer
   * @throws io.vrouter.netlink.socket.SyscallException when no socket can be opened
   */
  public static PingResult once(InetAddress overlay, int port, Duration timeout) {
    long begun = System.nanoTime();
    UdpErrorProbe.ProbeResult answer = UdpErrorProbe.ask(overlay, port, 1, timeout);
    return new PingResult(answer, Duration.ofNanos(System.nanoTime() - begun));
  }
}
