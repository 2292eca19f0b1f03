package io.vrouter.mesh.host;

import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a start depends on, as read at one moment.
 *
 * @param release of the kernel, {@code 6.1.0-18-amd64}
 * @param version the kernel's whole banner
 * @param capabilities effective ones, bit n for capability n (capabilities(7))
 * @param nft whether an {@code nft} is on the path
 * @param sockets UDP sockets of this network namespace, the kernel's own included
 * @param tunnelPorts UDP ports of the VXLAN devices of this network namespace
 * @param seesEveryProcess whether a socket that no process holds must be the kernel's own; not so
 *     in a container with its own processes
 */
public record HostFacts(
    String release,
    String version,
    long capabilities,
    boolean nft,
    List<UdpSocket> sockets,
    Set<Integer> tunnelPorts,
    boolean seesEveryProcess) {
  public HostFacts {
    sockets = List.copyOf(sockets);
    tunnelPorts = Set.copyOf(tunnelPorts);
  }

  /**
   * A bound UDP socket.
   *
   * @param holder null when none was found
   */
  public record UdpSocket(InetAddress local, int port, long inode, @Nullable Holder holder) {}

  /** A process that has a socket open. */
  public record Holder(long pid, String command) {
    @Override
    public String toString() {
      return "process %d (%s)".formatted(pid, command);
    }
  }
}
