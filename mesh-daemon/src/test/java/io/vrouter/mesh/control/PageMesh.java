package io.vrouter.mesh.control;

import io.vrouter.mesh.control.Members.Path;
import io.vrouter.mesh.model.Problem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** A mesh of any number of hosts in memory, with every state the page shows. */
final class PageMesh extends MemoryMesh {
  private final int hosts;
  private final Instant now;
  volatile int broken;

  /** With hosts in all states when there are at least six. */
  PageMesh(int hosts, Instant now) {
    this.hosts = hosts;
    this.now = now;
  }

  static String id(int host) {
    return "%032x".formatted(host * 0x9e3779b97f4a7c15L & Long.MAX_VALUE);
  }

  @Override
  public Members members(boolean all) {
    List<Members.Member> members = new ArrayList<>();
    for (int i = 0; i < hosts; i++) {
      List<Members.Subnet> subnets = new ArrayList<>();
      for (int s = 0; s < 1 + i % 6; s++) {
        subnets.add(
            new Members.Subnet(
                "10.%d.%d.0/24".formatted(i + 10, s), 1000, "app" + s + "_default", "app" + s));
      }
      members.add(
          new Members.Member(
              id(i),
              i == 0 ? "alon" : "host-%02d".formatted(i),
              status(i),
              "192.168.200." + (i + 1),
              "10.1.1." + (i + 1),
              "02:00:00:00:00:%02x".formatted(i + 1),
              subnets,
              "0.2.0",
              now,
              i == 0 ? null : path(i),
              i == 2 ? "wireguard" : null));
    }
    return new Members(id(0), members);
  }

  private MemberStatus status(int host) {
    return hosts < 6
        ? MemberStatus.ALIVE
        : switch (host) {
          case 3 -> MemberStatus.SUSPECT;
          case 4 -> MemberStatus.RESTARTING;
          case 5 -> MemberStatus.FAILED;
          default -> MemberStatus.ALIVE;
        };
  }

  private Path path(int host) {
    if (host == broken) {
      return new Path(Path.PathHealth.UNREACHABLE, Path.Direction.TO, null, 310L, now);
    }
    return host == 1 && hosts > 2
        ? new Path(Path.PathHealth.DEGRADED, null, 1_342, 1_810L, now)
        : new Path(Path.PathHealth.OK, null, 1_450, 180L + host * 7L, now);
  }

  @Override
  public Status status() {
    Map<MemberStatus, Integer> counts = new EnumMap<>(MemberStatus.class);
    members(false).members().forEach(member -> counts.merge(member.status(), 1, Integer::sum));
    List<Problem> shown = new ArrayList<>(problems);
    if (broken > 0) {
      shown.add(
          new Problem(
                  "path-unreachable",
                  "host-%02d answers gossip, but no probe of the data path arrives"
                      .formatted(broken),
                  "open UDP 4789 from 192.168.200.1 there: nft list ruleset | grep 4789")
              .seen(now));
      shown.add(
          Problem.note("second-mesh", "another mesh is on this LAN", "nothing to do").seen(now));
    }
    return new Status(id(0), shown, counts, converged);
  }

  @Override
  public Routes routes() {
    List<Routes.Route> routes = new ArrayList<>();
    for (Members.Member member : members(false).members().subList(1, hosts)) {
      for (Members.Subnet subnet : member.subnets()) {
        routes.add(
            new Routes.Route(
                subnet.prefix(),
                1000,
                String.valueOf(member.overlay()),
                "vxlan1000",
                member.id(),
                Routes.RouteCondition.INSTALLED));
      }
    }
    return new Routes(routes);
  }

  @Override
  public Networks networks() {
    List<Networks.Network> networks = new ArrayList<>();
    for (Members.Member member : members(false).members()) {
      for (Members.Subnet subnet : member.subnets()) {
        networks.add(
            new Networks.Network(
                subnet.prefix(),
                1000,
                subnet.network(),
                subnet.stack(),
                member.id(),
                Networks.NetworkState.ADVERTISED,
                null));
      }
    }
    return new Networks(networks);
  }

  @Override
  public Conflicts conflicts() {
    return new Conflicts(List.of());
  }

  @Override
  public Events events() {
    return new Events(
        List.of(
            new Events.Event(
                now,
                "transition",
                id(1),
                "host-01",
                null,
                MemberStatus.ALIVE,
                "its record arrived")));
  }
}
