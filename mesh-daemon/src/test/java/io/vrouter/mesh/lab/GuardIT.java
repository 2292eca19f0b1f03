package io.vrouter.mesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.netlink.lab.Await;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the mesh must not let through, in or out. */
@Tag("lab")
class GuardIT {
  @RegisterExtension final Lab lab = new Lab();

  @Test
  void aStrangersVxlanPacketsReachNothing() {
    List<Host> pair = lab.three().subList(0, 2);
    pair.forEach(Host::start);
    lab.awaitMesh(pair);
    Host victim = pair.get(0);
    String overlay = victim.kernel().address(Kernel.DEVICE);
    Stranger stranger = new Stranger(lab.host(66));
    stranger.aimAt(victim, overlay);
    PacketCount onTheWire = PacketCount.from(victim.space(), lab.host(66).underlay());
    PacketCount inContainer = PacketCount.from(victim.stack().container(), Stranger.OVERLAY);

    assertThat(stranger.sendTo(victim.stack().address())).isFalse();
    assertThat(stranger.sendTo(victim.stack().gateway())).isFalse();
    assertThat(stranger.sendTo(overlay)).isFalse();

    assertThat(onTheWire.count()).as("packets that came to the host").isPositive();
    assertThat(inContainer.count()).as("packets that came to the container").isZero();
    assertThat(victim.kernel().fdbPeers()).doesNotContain(lab.host(66).underlay());
  }

  @Test
  void aWithdrawnPrefixDoesNotLeakToTheDefaultGateway() {
    List<Host> hosts = lab.three();
    hosts.forEach(Host::start);
    lab.awaitMesh(hosts);
    Host one = hosts.get(0);
    Host gone = hosts.get(2);
    gone.stop();
    Await.until("h1 forgot h3", () -> one.forgot(gone));

    PacketCount leaked = PacketCount.to(lab.lan().space(), gone.stack().subnet());
    assertThat(one.stack().container().pings(gone.stack().address())).isFalse();
    assertThat(leaked.count()).as("packets to the withdrawn prefix").isZero();

    PacketCount ordinary = PacketCount.to(lab.lan().space(), "172.99.0.0/16");
    assertThat(one.stack().container().pings("172.99.0.1")).isFalse();
    assertThat(ordinary.count()).as("packets to a prefix the mesh never knew").isPositive();
  }
}
