package io.vrouter.mesh.host;

import io.vrouter.mesh.host.HostFacts.Holder;
import io.vrouter.mesh.host.HostFacts.UdpSocket;
import io.vrouter.mesh.model.Problem;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The requirements of a start, checked before the daemon changes anything. Pure.
 *
 * @param failures each a reason not to start; codes {@code wsl}, {@code no-net-admin}, {@code
 *     nft-missing}, {@code vxlan-port-taken}, {@code gossip-port-taken}
 * @param warnings reasons to expect trouble; code {@code kernel-old}
 */
public record Preflight(List<Problem> failures, List<Problem> warnings) {
  /** From capabilities(7). */
  static final int CAP_NET_ADMIN = 12;

  /** The oldest kernel known to have all features used here. */
  static final int KERNEL_MAJOR = 5;

  static final int KERNEL_MINOR = 10;

  private static final Pattern RELEASE = Pattern.compile("^(\\d+)\\.(\\d+)");

  public Preflight {
    failures = List.copyOf(failures);
    warnings = List.copyOf(warnings);
  }

  /**
   * Checks everything, so that one run names all that is wrong.
   *
   * @param underlay the address that gossip will bind to; null while unknown, then the port counts
   *     as taken on any address
   */
  public static Preflight check(
      HostFacts facts, int vxlanPort, int gossipPort, @Nullable InetAddress underlay) {
    List<Problem> failures = new ArrayList<>();
    wsl(facts).ifPresent(failures::add);
    netAdmin(facts).ifPresent(failures::add);
    nft(facts).ifPresent(failures::add);
    vxlanPort(facts, vxlanPort).ifPresent(failures::add);
    gossipPort(facts, gossipPort, underlay).ifPresent(failures::add);
    return new Preflight(failures, kernel(facts).stream().toList());
  }

  /** The checks of a daemon whose kernel state another process writes. */
  public static Preflight node(HostFacts facts, int gossipPort) {
    List<Problem> failures = new ArrayList<>();
    wsl(facts).ifPresent(failures::add);
    gossipPort(facts, gossipPort, null).ifPresent(failures::add);
    return new Preflight(failures, kernel(facts).stream().toList());
  }

  /** The checks of the process that writes a daemon's kernel state. */
  public static Preflight agent(HostFacts facts, int vxlanPort) {
    List<Problem> failures = new ArrayList<>();
    wsl(facts).ifPresent(failures::add);
    netAdmin(facts).ifPresent(failures::add);
    nft(facts).ifPresent(failures::add);
    vxlanPort(facts, vxlanPort).ifPresent(failures::add);
    return new Preflight(failures, kernel(facts).stream().toList());
  }

  static Optional<Problem> wsl(HostFacts facts) {
    String kernel = (facts.release() + " " + facts.version()).toLowerCase(Locale.ROOT);
    return kernel.contains("microsoft") || kernel.contains("wsl2")
        ? problem(
            "wsl",
            "This is WSL (kernel " + facts.release() + "), where VXLAN doesn't work reliably",
            "Run meshd on a native Linux host or in a full virtual machine")
        : Optional.empty();
  }

  static Optional<Problem> netAdmin(HostFacts facts) {
    return (facts.capabilities() >> CAP_NET_ADMIN & 1) == 0
        ? problem(
            "no-net-admin",
            "meshd has no CAP_NET_ADMIN, so it can't change devices, routes or the firewall",
            "Run it as root, or give a container cap_add: [NET_ADMIN]")
        : Optional.empty();
  }

  static Optional<Problem> nft(HostFacts facts) {
    return facts.nft()
        ? Optional.empty()
        : problem(
            "nft-missing",
            "There is no nft on the path, and without its firewall table meshd opens no tunnel",
            "Install nftables: apt-get install nftables");
  }

  static Optional<Problem> kernel(HostFacts facts) {
    Matcher release = RELEASE.matcher(facts.release());
    if (release.find()) {
      int major = Integer.parseInt(release.group(1));
      int minor = Integer.parseInt(release.group(2));
      if (major > KERNEL_MAJOR || (major == KERNEL_MAJOR && minor >= KERNEL_MINOR)) {
        return Optional.empty();
      }
    }
    return Optional.of(
        Problem.warning(
            "kernel-old",
            "Kernel %s is older than %d.%d, the oldest that meshd is known to work on"
                .formatted(facts.release(), KERNEL_MAJOR, KERNEL_MINOR),
            "Update the kernel"));
  }

  static Optional<Problem> vxlanPort(HostFacts facts, int port) {
    // The kernel shares its own socket among the VXLAN devices of the namespace, ours included.
    if (facts.tunnelPorts().contains(port)) {
      return Optional.empty();
    }
    return facts.sockets().stream()
        .filter(socket -> socket.port() == port)
        // A root socket without a visible holder may be a VXLAN device's: it stays when the device
        // moves to another namespace, as Docker Swarm's do. Creating our device decides.
        .filter(socket -> socket.holder() != null || socket.uid() != 0)
        .findFirst()
        .flatMap(
            socket ->
                problem(
                    "vxlan-port-taken",
                    "UDP port %d, the tunnels' port, is taken by %s".formatted(port, by(socket)),
                    "Stop it, or give all hosts another port with --vxlan-port"));
  }

  static Optional<Problem> gossipPort(HostFacts facts, int port, @Nullable InetAddress underlay) {
    return facts.sockets().stream()
        .filter(socket -> socket.port() == port)
        .filter(
            socket ->
                underlay == null
                    || socket.local().isAnyLocalAddress()
                    || socket.local().equals(underlay))
        .findFirst()
        .flatMap(
            socket ->
                problem(
                    "gossip-port-taken",
                    "UDP port %d, the gossip port, is taken by %s".formatted(port, by(socket)),
                    "Stop it, or choose another port with --gossip-port"));
  }

  private static String by(UdpSocket socket) {
    Holder holder = socket.holder();
    String who =
        holder == null
            ? "a process that can't be seen from here"
                + (socket.uid() == 0 ? "" : " of the user " + socket.uid())
            : holder.toString();
    return "%s at %s".formatted(who, socket.local().getHostAddress());
  }

  private static Optional<Problem> problem(String code, String message, String fix) {
    return Optional.of(new Problem(code, message, fix));
  }
}
