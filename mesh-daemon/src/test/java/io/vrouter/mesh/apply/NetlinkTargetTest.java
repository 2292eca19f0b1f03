package io.vrouter.mesh.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.plan.Mark;
import io.vrouter.mesh.plan.Observed;
import io.vrouter.mesh.plan.Step;
import io.vrouter.mesh.plan.Wanted;
import io.vrouter.mesh.plan.Worlds;
import io.vrouter.netlink.RtNetlink;
import io.vrouter.netlink.fake.FakeKernel;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.route.LinkInfo;
import io.vrouter.netlink.route.MacAddress;
import io.vrouter.netlink.route.Vxlan;
import io.vrouter.netlink.wire.Errno;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class NetlinkTargetTest {
  private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:02");

  private static final InetAddress PEER = Worlds.ip("192.0.2.2");

  private final FakeKernel kernel = new FakeKernel();
  private final RtNetlink netlink = kernel.open();
  private final NetlinkTarget target = new NetlinkTarget(netlink);

  private static Wanted.Device device(int limit) {
    return new Wanted.Device(
        Worlds.VNI,
        Worlds.ip("192.0.2.1"),
        4789,
        1450,
        MacAddress.parse("02:00:00:00:00:01"),
        Mark.alias(Worlds.id(1)),
        limit);
  }

  private String problem(Step step) {
    Problem problem = target.apply(List.of(step)).get(0).problem();
    return problem == null ? "" : problem.code();
  }

  @Test
  void aStrangersDeviceGetsNoMark() {
    Link foreign =
        kernel.seed(
            Link.of(0, "vxlan1000", LinkInfo.of(Vxlan.of(7, Worlds.ip("192.0.2.1"), 4790))));
    assertThat(problem(new Step.CreateDevice(device(7)))).isEqualTo("kernel-object-exists");
    assertThat(netlink.link(foreign.index())).contains(foreign);
  }

  @Test
  void aDeviceIsOursFromItsFirstMomentOn() {
    kernel.failOnce(write -> write.number() == 2, Errno.ENOBUFS, "");
    kernel.failOnce(write -> write.number() == 3, Errno.ENOBUFS, "");
    kernel.failOnce(write -> write.number() == 4, Errno.ENOBUFS, "");
    kernel.failOnce(write -> write.number() == 5, Errno.ENOBUFS, "");
    assertThat(problem(new Step.CreateDevice(device(7)))).isEqualTo("kernel-refused");
    assertThat(netlink.link("vxlan1000")).as("not even taken back").isPresent();
    assertThat(Observed.isOurs(netlink.link("vxlan1000").orElseThrow())).isTrue();
  }

  @Test
  void aFullTableOfEntriesIsNamed() {
    assertThat(problem(new Step.CreateDevice(device(1)))).isEmpty();
    assertThat(problem(new Step.AppendFlood(new Wanted.Flood("vxlan1000", PEER)))).isEmpty();
    Wanted.Fdb entry = new Wanted.Fdb("vxlan1000", MAC, PEER, false);
    assertThat(problem(new Step.SetFdb(entry))).isEqualTo("fdb-full");
  }

  @Test
  void aVniThatADeviceElsewhereHasIsNamed() {
    kernel.failOnce(write -> write.number() == 1, Errno.EEXIST, "");
    assertThat(problem(new Step.CreateDevice(device(7)))).isEqualTo("vni-taken-elsewhere");
  }
}
