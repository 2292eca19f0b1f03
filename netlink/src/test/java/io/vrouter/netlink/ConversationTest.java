package io.vrouter.netlink;

import static io.vrouter.netlink.Fixture.ip;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.vrouter.netlink.fake.FakeKernel;
import io.vrouter.netlink.route.FdbEntry;
import io.vrouter.netlink.route.FdbRequests;
import io.vrouter.netlink.route.LinkChange;
import io.vrouter.netlink.route.LinkInfo;
import io.vrouter.netlink.route.LinkRequests;
import io.vrouter.netlink.route.MacAddress;
import io.vrouter.netlink.route.Route;
import io.vrouter.netlink.route.RouteRequests;
import io.vrouter.netlink.wire.Errno;
import io.vrouter.netlink.wire.Request;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the kernel does only now and then: the fake does it when told. */
class ConversationTest {
  private final FakeKernel kernel = new FakeKernel();
  private final Fixture on = new Fixture(kernel.open());

  @Test
  void anInterruptedDumpIsTakenAgain() {
    kernel.interruptDumps(2);
    assertThat(on.netlink.links().interrupted()).isFalse();
    assertThat(on.netlink.links().entries()).hasSize(2);
  }

  @Test
  void aDumpThatIsInterruptedEveryTimeSaysSo() {
    kernel.interruptDumps(1000);
    assertThat(on.netlink.links().interrupted()).isTrue();
  }

  @Test
  void aLostAnswerIsAFailureNotASuccess() {
    kernel.overrun(2);
    List<Outcome> outcomes =
        on.netlink.batch(
            List.of(
                FdbRequests.append(FdbEntry.flood(on.dev, ip("192.0.2.2"))),
                FdbRequests.append(FdbEntry.flood(on.dev, ip("192.0.2.3")))));
    assertThat(outcomes).extracting(Outcome::errno).containsExactly(Errno.ENOBUFS, Errno.ENOBUFS);
  }

  @Test
  void aLostPartOfADumpMakesItTakenAgain() {
    kernel.overrun(1);
    assertThat(on.netlink.links().entries()).hasSize(2);
    assertThat(on.netlink.links().interrupted()).isFalse();
  }

  @Test
  void anAnswerThatCameLateIsNotTakenForAnother() {
    kernel.overrun(1);
    // The answer of the first is still in the queue when the second asks.
    on.netlink.batch(List.of(LinkRequests.delete(999)));
    assertThat(on.errno(LinkChange.of(on.dev).mtu(1400).request())).isZero();
  }

  @Test
  void aMonitorTellsOfLostEvents() {
    try (Monitor monitor = kernel.monitor()) {
      kernel.overrunMonitors();
      assertThat(monitor.await(Duration.ZERO)).containsExactly(new MonitorEvent.Overrun());
      assertThat(monitor.await(Duration.ZERO)).isEmpty();
    }
  }

  @Test
  void injectedFailuresHitTheWriteTheyMatch() {
    kernel.forgetWrites();
    kernel.failOnce(write -> write.number() == 2, Errno.EPERM, "not you");
    Request up = LinkChange.of(on.dev).up().request();
    assertThat(on.netlink.batch(List.of(up, up, up)))
        .extracting(Outcome::errno)
        .containsExactly(0, Errno.EPERM, 0);
    assertThat(kernel.writes())
        .extracting(FakeKernel.Write::text)
        .containsOnly("new link vx0")
        .hasSize(3);
    kernel.failOnce(write -> true, Errno.EPERM, "not you");
    assertThatExceptionOfType(NetlinkException.class)
        .isThrownBy(() -> on.netlink.request(up))
        .withMessageContaining("set link 2 up: EPERM: not you")
        .withMessageContaining("CAP_NET_ADMIN");
  }

  @Test
  void theFakesTextIsItsState() {
    on.up();
    on.add(on.route("172.31.0.0", 16, "10.1.1.2"));
    on.netlink.request(FdbRequests.append(FdbEntry.flood(on.dev, ip("192.0.2.2"))));
    assertThat(kernel.toString().lines())
        .contains(
            "addr 10.1.1.1/24 dev vx0",
            "fdb 00:00:00:00:00:00 dst 192.0.2.2 dev vx0 permanent",
            "link vx0 vxlan id 1000 local 192.0.2.1 dstport 4789 learning mtu 1450 up",
            "route 172.31.0.0/16 via 10.1.1.2 dev vx0 table 254 proto 158 metric 158 onlink");
  }

  @Test
  void requestsThatWouldDoMoreThanTheySayAreRefusedHere() {
    MacAddress unicast = MacAddress.parse("02:00:00:00:00:09");
    FdbEntry none = new FdbEntry(1, MacAddress.ZERO, null, 0, 0, 0, 0, 0, 0, List.of());
    assertThatIllegalArgumentException().isThrownBy(() -> FdbRequests.delete(none));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FdbRequests.append(FdbEntry.permanent(1, unicast, ip("192.0.2.2"))));
    Route any = Route.onlink(ip("172.31.0.0"), 16, ip("10.1.1.2"), 1, 0, 158);
    assertThatIllegalArgumentException().isThrownBy(() -> RouteRequests.delete(any));
    assertThatIllegalArgumentException().isThrownBy(() -> LinkRequests.delete(0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LinkRequests.create("longer-than-ifnamsiz", LinkInfo.NONE, 0, null));
    assertThatIllegalArgumentException().isThrownBy(() -> MacAddress.parse("02:00:00:00:00"));
  }
}
