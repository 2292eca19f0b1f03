package io.vrouter.mesh.api;

import static java.util.stream.Collectors.joining;

import io.vrouter.membership.Seed;
import io.vrouter.mesh.config.MeshConfig;
import io.vrouter.mesh.control.Doctor;
import io.vrouter.mesh.control.MemberStatus;
import io.vrouter.mesh.control.Members;
import io.vrouter.mesh.control.Status;
import io.vrouter.mesh.firewall.ClosedPorts;
import io.vrouter.mesh.firewall.HostFirewall;
import io.vrouter.mesh.host.Checkup;
import io.vrouter.mesh.host.DeviceManagers;
import io.vrouter.mesh.host.HostFacts;
import io.vrouter.mesh.host.HostFactsReader;
import io.vrouter.mesh.host.RealTime;
import io.vrouter.mesh.host.SecretFiles;
import io.vrouter.mesh.local.HostWatch;
import io.vrouter.mesh.model.Check;
import io.vrouter.mesh.model.Encryption;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.model.Remedy;
import io.vrouter.mesh.plan.LocalNetwork;
import io.vrouter.mesh.plan.Observed;
import io.vrouter.mesh.plan.Underlay;
import io.vrouter.netlink.Nftables;
import io.vrouter.netlink.RtNetlink;
import io.vrouter.netlink.route.Inet4Conf;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.wire.IfLink;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects the facts that {@code meshctl doctor} checks. From any thread; opens and closes its own
 * sockets.
 */
public final class HostCheckup {
  private static final Logger LOG = LoggerFactory.getLogger(HostCheckup.class);

  /** Checks of the process that writes to the kernel. */
  private static final Set<String> AGENTS = Set.of("net-admin", "nft");

  private final MeshConfig config;
  private final HostWatch host;
  private final RealTime realTime;
  private final boolean split;
  private final WallClock wall;

  /**
   * Checks nothing yet.
   *
   * @param split whether another process writes to the kernel, which makes its own checks
   */
  public HostCheckup(
      MeshConfig config, HostWatch host, RealTime realTime, boolean split, WallClock wall) {
    this.wall = wall;
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
      if (split) {
        checks.removeIf(check -> AGENTS.contains(check.id()));
      } else {
        checks.addAll(ports());
      }
      checks.add(multicast(links));
      checks.add(new DeviceManagers().check(ours(links)));
      checks.add(SecretFiles.readers(config.stateDir()));
      checks.add(SecretFiles.clock(config.stateDir(), wall.now()));
    } catch (IOException | io.vrouter.netlink.NetlinkException e) {
      checks.add(
          new Check(
              "host",
              Check.Result.FAIL,
              "This host can't be looked at: " + e.getMessage(),
              "Run meshd as root with /proc mounted"));
    }
    checks.add(log());
    checks.add(MeshCheckup.versions(members));
    checks.add(MeshCheckup.failed(members));
    checks.add(MeshCheckup.seeds(seeds(), own(), members, config.gossipPort()));
    encryption(status.encryption()).ifPresent(checks::add);
    for (Problem problem : status.problems()) {
      checks.add(
          Check.of(
              "status-" + problem.code(),
              problem.unhealthy() ? Check.Result.FAIL : Check.Result.WARN,
              problem));
    }
    return new Doctor(distinct(checks));
  }

  private List<Check> ports() {
    Map<Integer, ClosedPorts.PortUse> ports = new TreeMap<>();
    ports.put(config.gossipPort(), ClosedPorts.PortUse.GOSSIP);
    if (config.encryption() == Encryption.WIREGUARD) {
      ports.put(config.wireguardPort(), ClosedPorts.PortUse.WIREGUARD);
    } else {
      ports.put(config.vxlanPort(), ClosedPorts.PortUse.VXLAN);
    }
    try (Nftables kernel = Nftables.open()) {
      List<Check> closed =
          ClosedPorts.find(kernel, ports).stream()
              .map(
                  found ->
                      Check.of(
                          "ports",
                          found.unhealthy() ? Check.Result.FAIL : Check.Result.WARN,
                          found))
              .toList();
      return closed.isEmpty()
          ? List.of(
              new Check(
                  "ports",
                  Check.Result.PASS,
                  "No chain of nftables drops UDP "
                      + ports.keySet().stream().map(String::valueOf).collect(joining(", ")),
                  ""))
          : closed;
    }
  }

  private static Check log() {
    if (!LOG.isDebugEnabled()) {
      return new Check("log", Check.Result.PASS, "The log is not at debug", "");
    }
    String command = "meshctl log info";
    return new Check(
        "log",
        Check.Result.WARN,
        "The log is at debug, which fills a disk",
        command + "; next time with --for 10m",
        Remedy.all(List.of(command), ""));
  }

  private Check multicast(List<Link> links) {
    Optional<Link> deaf =
        links.stream()
            .filter(link -> link.index() == host.current().underlay().ifIndex())
            .filter(link -> (link.flags() & IfLink.IFF_MULTICAST) == 0)
            .findFirst();
    if (!config.multicast() || deaf.isEmpty()) {
      return new Check(
          "multicast",
          Check.Result.PASS,
          config.multicast() ? "The uplink carries multicast" : "Multicast is off",
          "");
    }
    String command = "ip link set %s multicast on".formatted(deaf.get().name());
    return new Check(
        "multicast",
        Check.Result.WARN,
        "The uplink %s carries no multicast: hosts of its LAN don't find this one by it"
            .formatted(deaf.get().name()),
        command + "; or name them with --seed, and --multicast off",
        Remedy.all(List.of(command), "link " + deaf.get().name()));
  }

  private static Map<Integer, String> ours(List<Link> links) {
    return links.stream()
        .filter(Observed::isOurs)
        .collect(Collectors.toMap(Link::index, Link::name));
  }

  /** The addresses of the seeds at present; asks the resolver. */
  private Map<String, Set<String>> seeds() {
    Map<String, Set<String>> seeds = new TreeMap<>();
    for (Seed seed : config.seeds()) {
      Set<String> addresses = new TreeSet<>();
      try {
        for (InetAddress address : InetAddress.getAllByName(seed.host())) {
          addresses.add(address.getHostAddress());
        }
      } catch (UnknownHostException e) {
        LOG.debug("the seed {} has no address", seed.host(), e);
      }
      seeds.put(seed.host(), addresses);
    }
    return seeds;
  }

  private Set<String> own() {
    Underlay underlay = host.current().underlay();
    Set<String> own = new HashSet<>();
    own.add(underlay.address().getHostAddress());
    own.add(underlay.advertised().getHostAddress());
    return own;
  }

  /** Each command once: one route or rule of others may be in the way of several members. */
  private static List<Check> distinct(List<Check> checks) {
    Set<Remedy> listed = new HashSet<>();
    return checks.stream()
        .map(
            check ->
                new Check(
                    check.id(),
                    check.result(),
                    check.message(),
                    check.fix(),
                    check.remedies().stream().filter(listed::add).toList()))
        .toList();
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
