package io.vrouter.mesh.api;

import io.vrouter.mesh.config.MeshConfig;
import io.vrouter.mesh.control.Doctor;
import io.vrouter.mesh.control.MemberStatus;
import io.vrouter.mesh.control.Members;
import io.vrouter.mesh.control.Status;
import io.vrouter.mesh.firewall.HostFirewall;
import io.vrouter.mesh.host.Checkup;
import io.vrouter.mesh.host.HostFacts;
import io.vrouter.mesh.host.HostFactsReader;
import io.vrouter.mesh.host.RealTime;
import io.vrouter.mesh.local.HostWatch;
import io.vrouter.mesh.model.Check;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.plan.LocalNetwork;
import io.vrouter.mesh.plan.Observed;
import io.vrouter.netlink.RtNetlink;
import io.vrouter.netlink.route.Inet4Conf;
import io.vrouter.netlink.route.Link;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Collects the facts that {@code meshctl doctor} checks. From any thread; opens and closes its own
 * sockets.
 */
public final class HostCheckup {
  /** Checks of the process that writes to the kernel. */
  private static final Set<String> AGENTS = Set.of("net-admin", "nft");

  private final MeshConfig config;
  private final HostWatch host;
  private final RealTime realTime;
  private final boolean split;

  /**
   * Checks nothing yet.
   *
   * @param split whether another process writes to the kernel, which makes its own checks
   */
  public HostCheckup(MeshConfig config, HostWatch host, RealTime realTime, boolean split) {
    this.config = config;
    this.split = split;
    this.realTime = realTime;
    this.host = host;
  }

  /** Checks the present state of the host; every problem of the status is a failed check, too. */
  Doctor run(Status status, Members members) {
    List<Check> checks = new ArrayList<>();
    try (RtNetlink netlink = RtNetlink.open()) {
      List<Link> links = netlink.links().entries();
      checks.addAll(Checkup.of(facts(links, status)));
      checks.add(MeshCheckup.versions(members));
      if (split) {
        checks.removeIf(check -> AGENTS.contains(check.id()));
      }
    } catch (IOException | io.vrouter.netlink.NetlinkException e) {
      checks.add(
          new Check(
              "host",
              Check.Result.FAIL,
              "This host can't be looked at: " + e.getMessage(),
              "Run meshd as root with /proc mounted"));
    }
    encryption(status.encryption()).ifPresent(checks::add);
    for (Problem problem : status.problems()) {
      checks.add(
          new Check(
              "status-" + problem.code(),
              problem.unhealthy() ? Check.Result.FAIL : Check.Result.WARN,
              problem.message(),
              problem.fix()));
    }
    return new Doctor(checks);
  }

  private static Optional<Check> encryption(Status.Encryption encryption) {
    List<String> devices =
        encryption.devices().stream()
            .map(device -> device.name() + " by " + device.implementation())
            .toList();
    boolean missing =
        encryption.devices().stream().anyMatch(device -> device.implementation() == null);
    return devices.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Check(
                "encryption",
                missing ? Check.Result.FAIL : Check.Result.PASS,
                "WireGuard: %s; %d members are reached by it"
                    .formatted(String.join(", ", devices), encryption.peers()),
                missing ? "See the problems of meshctl status" : ""));
  }

  private Checkup.Facts facts(List<Link> links, Status status) throws IOException {
    HostFacts facts =
        new HostFactsReader().read(Set.of(config.vxlanPort(), config.gossipPort()), links);
    Set<String> locals =
        host.current().networks().stream()
            .map(LocalNetwork::device)
            .filter(java.util.Objects::nonNull)
            .collect(Collectors.toSet());
    boolean firewall =
        status.problems().stream().noneMatch(problem -> problem.code().equals(HostFirewall.CODE));
    return new Checkup.Facts(
        facts,
        ProcessHandle.current().pid(),
        config.vxlanPort(),
        config.gossipPort(),
        host.current().underlay(),
        links.stream()
            .filter(link -> Observed.isOurs(link) && link.vxlan() != null)
            .map(HostCheckup::device)
            .toList(),
        links.stream()
            .filter(link -> locals.contains(link.name()))
            .map(HostCheckup::device)
            .toList(),
        firewall,
        realTime.refusal().orElse(null),
        host.docker(),
        status.members().getOrDefault(MemberStatus.ALIVE, 0) - 1);
  }

  private static Checkup.DeviceFacts device(Link link) {
    Inet4Conf inet4 = link.inet4();
    return new Checkup.DeviceFacts(
        link.name(), link.isUp(), link.mtu(), inet4 != null && inet4.forwarding());
  }
}
