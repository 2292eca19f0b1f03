package io.vrouter.mesh.reconcile;

import io.vrouter.membership.MemberState;
import io.vrouter.mesh.plan.LocalNetwork;
import io.vrouter.mesh.plan.LocalState;
import io.vrouter.mesh.plan.RemoteHost;
import io.vrouter.mesh.plan.Underlay;
import io.vrouter.mesh.plan.Worlds;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * One state of a mesh: what each of the hosts 2 to 5 is and has, and what this host has.
 *
 * @param peers known ones
 * @param networks of this host
 * @param underlay of this host
 */
record Stage(List<RemoteHost> peers, List<LocalNetwork> networks, Underlay underlay) {
  /** A random one: hosts dead and alive, at one of two addresses, with some of eight prefixes. */
  static Stage random(Random random) {
    List<RemoteHost> peers = new ArrayList<>();
    for (int host = 2; host <= 5; host++) {
      if (random.nextInt(4) == 0) {
        continue;
      }
      List<MemberState> states = List.of(MemberState.values());
      MemberState state =
          random.nextBoolean() ? MemberState.ALIVE : states.get(random.nextInt(states.size()));
      List<String> prefixes = new ArrayList<>();
      for (int net = 0; net < 8; net++) {
        if (random.nextInt(3) == 0) {
          prefixes.add("172." + (20 + net) + ".0.0/16");
        }
      }
      String underlay = random.nextInt(3) == 0 ? "198.51.100." + host : "192.0.2." + host;
      peers.add(
          Worlds.peer(
              host,
              state,
              Worlds.record(
                  host,
                  underlay,
                  "10.1.1." + (random.nextInt(5) == 0 ? host + 10 : host),
                  2 + random.nextInt(3),
                  prefixes.toArray(String[]::new))));
    }
    List<LocalNetwork> networks =
        random.nextBoolean()
            ? List.of(Worlds.network("172.30.0.0/16", "br-mesh"))
            : List.of(
                Worlds.network("172.30.0.0/16", "br-mesh"), Worlds.network("172.20.0.0/16", null));
    Underlay underlay =
        random.nextInt(3) == 0
            ? new Underlay(Worlds.ip("198.51.100.1"), random.nextBoolean() ? 1400 : 1500, 3)
            : new Underlay(Worlds.ip("192.0.2.1"), 1500, 2);
    return new Stage(peers, networks, underlay);
  }

  void enter(Host host) {
    host.local(
        Worlds.local(
            underlay, LocalState.Options.defaults(), networks.toArray(LocalNetwork[]::new)));
    host.peers(peers);
    host.settle();
  }
}
