package io.vrouter.mesh.host;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The facts that a start depends on, read at one moment.
 *
 * @param release the kernel's, e.g. {@code 6.1.0-18-amd64}
 * @param version the kernel's whole banner
 * @param capabilities effective ones, bit n for capability n (capabilities(7))
 * @param nft whether an {@code nft} is on the path
 * @param sockets UDP sockets of this network namespace, the kernel's own included
 * @param tunnelPorts UDP ports of the VXLAN devices of this network namespace
 * @param exclusive by UDP port, the VXLAN devices of this network namespace whose socket the kernel
 *     shares with no device of ours, each with the reason
 */
public record HostFacts(
    String release,
    String version,
    long capabilities,
    boolean nft,
    List<UdpSocket> sockets,
    Set<Integer> tunnelPorts,
    Map<Integer, String> exclusive) {
  public HostFacts {
    exclusive = Map.copyOf(exclusive);
    sockets = List.copyOf(sockets);
    tunnelPorts = Set.copyOf(tunnelPorts);
  }

  /** Facts without exclusive devices. */
  public HostFacts(
      String release,
      String version,
      long capabilities,
      boolean nft,
      List<UdpSocket> sockets,
      Set<Integer> tunnelPorts) {
    this(release, version, capabilities, nft, sockets, tunnelPorts, Map.of());
  }

  /**
   * A bound UDP socket.
   *
   * @param holder null when none was found
   * @param uid its owner's user id, 0 for the kernel's own
   */
  public record UdpSocket(
      InetAddress local, int port, long inode, @Nullable Holder holder, int uid) {
    /** A socket of root or the kernel. */
    public UdpSocket(InetAddress local, int port, long inode, @Nullable Holder holder) {
      this(local, port, inode, holder, 0);
    }
  }

  /**
   * A process that has a socket open.
   *
   * @param command its name, which its user chose: without control characters here
   * @param user its user's name, or number where there is no name; empty when unknown
   */
  public record Holder(long pid, String command, String user) {
    public Holder {
      command = command.replaceAll("[^\\x20-\\x7e]", "?");
    }

    /** A holder of an unknown user. */
    public Holder(long pid, String command) {
      this(pid, command, "");
    }

    @Override
    public String toString() {
      return "process %d (%s)%s"
          .formatted(pid, command, user.isEmpty() ? "" : " of the user " + user);
    }
  }
}
