package io.vrouter.mesh.host;

import static java.util.stream.Collectors.joining;

import io.vrouter.mesh.model.Check;
import io.vrouter.mesh.model.Check.Result;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.plan.Underlay;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The checks of {@code meshctl doctor} on a running daemon's host. Pure; every check returns one
 * finding with its own id, in a fixed order.
 */
public final class Checkup {
  private Checkup() {}

  /**
   * The properties of a device that the checks use.
   *
   * @param forwarding whether the kernel forwards IPv4 that comes in by it
   */
  public record DeviceFacts(String name, boolean up, int mtu, boolean forwarding) {}

  /**
   * The input of the checks.
   *
   * @param pid of the daemon, which holds the gossip port itself
   * @param tunnels our devices
   * @param locals the devices that hold advertised networks
   * @param firewallInPlace whether our table exists and is unaltered
   * @param scheduling why threads have no real-time priority; null when they have it
   * @param docker why the engine can't be reached; empty when it can, null when Docker is not
   *     followed
   * @param others members that are alive, self not counted
   */
  public record Facts(
      HostFacts host,
      long pid,
      int vxlanPort,
      int gossipPort,
      Underlay underlay,
      List<DeviceFacts> tunnels,
      List<DeviceFacts> locals,
      boolean firewallInPlace,
      @Nullable String scheduling,
      @Nullable String docker,
      int others) {
    public Facts {
      tunnels = List.copyOf(tunnels);
      locals = List.copyOf(locals);
    }
  }

  /** All checks. */
  public static List<Check> of(Facts facts) {
    HostFacts host = facts.host();
    List<Check> findings = new ArrayList<>();
    findings.add(
        finding("kernel", Result.WARN, Preflight.kernel(host), "Kernel " + host.release()));
    findings.add(finding("wsl", Result.FAIL, Preflight.wsl(host), "Not WSL"));
    findings.add(
        finding(
            "net-admin", Result.FAIL, Preflight.netAdmin(host), "meshd may change the network"));
    findings.add(finding("nft", Result.FAIL, Preflight.nft(host), "nft is on the path"));
    findings.add(
        finding(
            "vxlan-port",
            Result.FAIL,
            Preflight.vxlanPort(host, facts.vxlanPort())
                .or(() -> exclusive(host, facts.vxlanPort())),
            "UDP port %d carries the tunnels".formatted(facts.vxlanPort())));
    findings.add(gossipPort(facts));
    findings.add(tunnels(facts));
    findings.add(forwarding(facts));
    findings.add(tunnelMtu(facts));
    findings.add(localMtu(facts));
    findings.add(
        finding(
            "firewall",
            Result.FAIL,
            facts.firewallInPlace()
                ? Optional.empty()
                : problem(
                    "Our nft table is missing or was altered",
                    "See meshctl status; something on this host keeps flushing nft rules"),
            "Table inet vrouter is in place"));
    findings.add(scheduling(facts.scheduling()));
    findings.add(docker(facts.docker()));
    findings.add(others(facts));
    return List.copyOf(findings);
  }

  private static Optional<Problem> exclusive(HostFacts host, int port) {
    return Optional.ofNullable(host.exclusive().get(port))
        .map(
            device ->
                trouble(
                    "The kernel shares UDP port %d of %s with no other VXLAN device"
                        .formatted(port, device),
                    "Remove that device, or give all hosts another port with --vxlan-port"));
  }

  private static Check gossipPort(Facts facts) {
    boolean ours =
        facts.host().sockets().stream()
            .filter(socket -> socket.port() == facts.gossipPort())
            .map(HostFacts.UdpSocket::holder)
            .flatMap(Stream::ofNullable)
            .anyMatch(holder -> holder.pid() == facts.pid());
    return finding(
        "gossip-port",
        Result.FAIL,
        ours
            ? Optional.empty()
            : Preflight.gossipPort(facts.host(), facts.gossipPort(), facts.underlay().address()),
        "UDP port %d is meshd's".formatted(facts.gossipPort()));
  }

  private static Check tunnels(Facts facts) {
    return finding(
        "tunnels",
        Result.FAIL,
        named(facts.tunnels(), device -> !device.up())
            .map(
                names ->
                    trouble(
                        "Down: " + names,
                        "See meshctl status for what the kernel said when it was taken up")),
        "Up: " + names(facts.tunnels()));
  }

  private static Check forwarding(Facts facts) {
    List<DeviceFacts> devices = new ArrayList<>(facts.tunnels());
    devices.addAll(facts.locals());
    return finding(
        "forwarding",
        Result.FAIL,
        named(devices, device -> !device.forwarding())
            .map(
                names ->
                    trouble(
                        "The kernel doesn't forward IPv4 from " + names,
                        "meshd switches it on: something switches it off again, look for sysctl"
                            + " net.ipv4.ip_forward=0")),
        "IPv4 is forwarded from " + names(devices));
  }

  private static Check tunnelMtu(Facts facts) {
    int fits = facts.underlay().tunnelMtu();
    return finding(
        "tunnel-mtu",
        Result.FAIL,
        named(facts.tunnels(), device -> device.mtu() > fits)
            .map(
                names ->
                    trouble(
                        "The MTU of %s is more than %d, what fits into packets of %s"
                            .formatted(names, fits, facts.underlay().address().getHostAddress()),
                        "Let meshd set it: leave the MTU of its devices alone")),
        "Tunnel packets fit the underlay's MTU of " + facts.underlay().mtu());
  }

  private static Check localMtu(Facts facts) {
    int fits = facts.underlay().tunnelMtu();
    return finding(
        "container-mtu",
        Result.WARN,
        named(facts.locals(), device -> device.mtu() > fits)
            .map(
                names ->
                    trouble(
                        "Containers on %s send packets of more than %d, which don't fit a tunnel:"
                                .formatted(names, fits)
                            + " hosts tell them, if nobody filters ICMP",
                        "In the compose file give the network driver_opts:"
                            + " com.docker.network.driver.mtu: \"%d\"".formatted(fits))),
        "Containers' packets fit the tunnels");
  }

  private static Check scheduling(@Nullable String refusal) {
    return finding(
        "scheduling",
        Result.WARN,
        refusal == null
            ? Optional.empty()
            : problem(
                "Gossip waits for the processor like all else, so others may suspect this host when"
                    + " it is busy: "
                    + refusal,
                "Let meshd have real-time threads: LimitRTPRIO=1 in the unit, 'cap_add: [SYS_NICE]'"
                    + " in the compose file; in a control group of version 1 that has no"
                    + " cpu.rt_runtime_us, give it some"),
        "Gossip goes before the host's other work");
  }

  private static Check docker(@Nullable String trouble) {
    if (trouble == null) {
      return new Check("docker", Result.PASS, "No Docker engine is followed", "");
    }
    return finding(
        "docker",
        Result.WARN,
        trouble.isEmpty()
            ? Optional.empty()
            : problem(
                "The Docker engine can't be reached: " + trouble,
                "Start it, or mount its socket; networks that are known stay reachable meanwhile"),
        "The Docker engine answers");
  }

  private static Check others(Facts facts) {
    return finding(
        "members",
        Result.WARN,
        facts.others() > 0
            ? Optional.empty()
            : problem(
                "No other host has been met",
                "Start one with the same token; if there is one, let UDP %d and %d through between"
                        .formatted(facts.gossipPort(), facts.vxlanPort())
                    + " the hosts, or name it with --seed where multicast doesn't reach"),
        facts.others() + " other hosts are alive");
  }

  private static Check finding(
      String id, Result otherwise, Optional<Problem> problem, String passed) {
    return problem
        .map(found -> new Check(id, otherwise, found.message(), found.fix()))
        .orElseGet(() -> new Check(id, Result.PASS, passed, ""));
  }

  private static Optional<Problem> problem(String message, String fix) {
    return Optional.of(trouble(message, fix));
  }

  private static Problem trouble(String message, String fix) {
    return new Problem("", message, fix);
  }

  private static Optional<String> named(List<DeviceFacts> devices, Predicate<DeviceFacts> wrong) {
    List<DeviceFacts> found = devices.stream().filter(wrong).toList();
    return found.isEmpty() ? Optional.empty() : Optional.of(names(found));
  }

  private static String names(List<DeviceFacts> devices) {
    return devices.isEmpty()
        ? "no device"
        : devices.stream().map(DeviceFacts::name).collect(joining(", "));
  }
}
