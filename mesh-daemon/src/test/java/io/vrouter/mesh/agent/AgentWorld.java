package io.vrouter.mesh.agent;

import io.vrouter.membership.Addresses;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vni;
import io.vrouter.mesh.model.Vnis;
import io.vrouter.mesh.plan.Desired;
import io.vrouter.mesh.plan.ForeignRoutes;
import io.vrouter.mesh.plan.PlanInput;
import io.vrouter.mesh.plan.Worlds;
import io.vrouter.netlink.fake.FakeKernel;
import io.vrouter.netlink.route.Address;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.route.LinkInfo;
import io.vrouter.netlink.wire.IfLink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Host 1 of {@link Worlds} with 172.30.0.0/16 on br-mesh, and the state that a peer leads to. */
final class AgentWorld {
  static final Prefix OWN = Prefix.parse("172.30.0.0/16");

  private AgentWorld() {}

  /** The host's kernel, without anything of ours. */
  static FakeKernel kernel() {
    FakeKernel kernel = new FakeKernel();
    link(kernel, "eth0", "dummy", "192.0.2.1", 24);
    link(kernel, "br-mesh", "bridge", "172.30.0.1", 16);
    return kernel;
  }

  private static void link(
      FakeKernel kernel, String name, String kind, String address, int length) {
    Link link = kernel.seed(Link.of(0, name, LinkInfo.of(kind)));
    kernel.seed(link.withFlags(link.flags() | IfLink.IFF_UP));
    kernel.seed(Address.of(link.index(), Addresses.parse(address), length));
  }

  /** The policy of a node of this test's own user. */
  static AgentPolicy policy() {
    try {
      return PolicyFile.parse(
          "node-user: " + ownUser() + "\nprotect: [172.29.0.5]\nmax-routes: 8\nmax-peers: 4\n",
          AgentPolicy.of(
              new Vnis(new Vni(1000), Set.of(), false),
              Worlds.OVERLAY,
              4789,
              List.of(),
              List.of(),
              Map.of(OWN, Worlds.VNI)));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static int ownUser() throws IOException {
    return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
  }

  /** What an honest node wants: one network here, host 2 with these prefixes. */
  static Desired desired(String... prefixes) {
    return Desired.of(
        PlanInput.of(
            Worlds.local(Worlds.network(OWN.toString(), "br-mesh")),
            Worlds.claims("10.1.1.1", OWN.toString()),
            List.of(Worlds.peer(2, prefixes)),
            new ForeignRoutes(List.of(), Set.of())));
  }
}
