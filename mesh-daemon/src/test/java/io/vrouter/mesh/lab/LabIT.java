package io.vrouter.mesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.netlink.lab.Await;
import io.vrouter.netlink.lab.Child;
import io.vrouter.netlink.lab.Lan;
import io.vrouter.netlink.lab.Space;
import io.vrouter.netlink.lab.Spawner;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The lab itself, with a VXLAN made by hand as the README of the seed says: no daemon runs here.
 */
@Tag("lab")
class LabIT {
  private static final Pattern HELD = Pattern.compile("held (\\d+) (\\d+) (\\d+) \\.");

  @RegisterExtension final Lab lab = new Lab();

  @Test
  void aHandMadeVxlanCarriesStacksUntilTheCableIsPulled() {
    Host one = lab.host(1);
    Host two = lab.host(2);
    one.stack("172.30.0.0/16");
    two.stack("172.31.0.0/16");
    join(one, two);
    join(two, one);

    Await.until("ping across", () -> one.stack().container().pings(two.stack().address()));
    assertThat(one.stack().container().pings(two.stack().gateway())).isTrue();
    assertThat(one.leadsTo(two)).isTrue();
    lab.closing(two.stack().serve(lab.log("page")));
    Await.asserted(
        "the page",
        () -> assertThat(one.stack().fetch(two.stack().address())).startsWith("h2c1 answers"));

    lab.lan().pull(2);
    assertThat(one.stack().container().pings(two.stack().address())).isFalse();
    lab.lan().mend(2);
    Await.until("ping again", () -> one.stack().container().pings(two.stack().address()));
    lab.lan().block(2);
    assertThat(one.stack().container().pings(two.stack().address())).isFalse();
    lab.lan().unblock(2);
    Await.until("ping again", () -> one.stack().container().pings(two.stack().address()));
  }

  @Test
  void aStrangersVxlanReachesAContainerWhenNothingGuardsIt() {
    Host one = lab.host(1);
    Host two = lab.host(2);
    one.stack("172.30.0.0/16");
    two.stack("172.31.0.0/16");
    join(one, two);
    Stranger stranger = new Stranger(lab.host(66));
    stranger.aimAt(one, "10.1.1.1");

    PacketCount arrivals = PacketCount.from(one.stack().container(), Stranger.OVERLAY);
    stranger.sendTo(one.stack().address());
    Await.until("the forged packet is seen", () -> arrivals.count() > 0);
  }

  @Test
  void twoSnapshotsOfAnIdleHostAreEqual() {
    Host one = lab.host(1);
    one.stack("172.30.0.0/16");
    List<String> before = one.kernel().snapshot();
    one.space().pings(Lan.GATEWAY);
    assertThat(one.kernel().snapshot()).containsExactlyInAnyOrderElementsOf(before);
    one.space().ok("ip", "route", "add", "10.99.0.0/16", "via", Lan.GATEWAY);
    assertThat(one.kernel().snapshot()).isNotEqualTo(before);
  }

  @Test
  void aKilledTestLeavesNothingBehind() {
    Child test =
        lab.closing(
            Spawner.start(
                lab.log("held"),
                Map.of(),
                List.of("java", "-cp", Lab.classPath(), LabHold.class.getName())));
    Await.until("the other lab is up", () -> HELD.matcher(test.said()).find());
    Matcher held = HELD.matcher(test.said());
    assertThat(held.find()).isTrue();
    List<ProcessHandle> holders =
        Stream.of(held.group(1), held.group(2), held.group(3))
            .map(pid -> ProcessHandle.of(Long.parseLong(pid)).orElseThrow())
            .toList();

    test.kill();

    Await.until("its holders die", () -> holders.stream().noneMatch(ProcessHandle::isAlive));
  }

  private static void join(Host self, Host peer) {
    Space space = self.space();
    space.ok("sysctl", "-q", "-w", "net.ipv4.ip_forward=1");
    self.kernel().tunnel(self.underlay(), "10.1.1." + self.number());
    self.kernel().floods(peer.underlay());
    space.does(
        "ip route add %s via 10.1.1.%d dev %s proto %d"
            .formatted(peer.stack().subnet(), peer.number(), Kernel.DEVICE, Kernel.PROTOCOL));
  }
}
