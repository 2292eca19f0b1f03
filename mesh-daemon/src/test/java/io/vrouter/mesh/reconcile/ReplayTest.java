package io.vrouter.mesh.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.MemberState;
import io.vrouter.mesh.plan.Worlds;
import io.vrouter.netlink.RtNetlink;
import io.vrouter.netlink.fake.FakeKernel;
import io.vrouter.netlink.lab.Space;
import io.vrouter.netlink.route.Address;
import io.vrouter.netlink.route.AddressRequests;
import io.vrouter.netlink.route.LinkChange;
import io.vrouter.netlink.route.LinkInfo;
import io.vrouter.netlink.route.LinkRequests;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Whatever came before, a state of the mesh makes one state of the kernel. */
class ReplayTest {
  private static final Duration LONG = Duration.ofSeconds(5);

  @Property(tries = 150)
  void theWayThereMakesNoDifference(@ForAll long seed, @ForAll @IntRange(max = 6) int detours) {
    replay(new FakeKernel().open(), new FakeKernel().open(), new Random(seed), detours);
  }

  @Test
  void norInARealKernel() {
    for (int seed = 0; seed < 4; seed++) {
      try (Space there = Space.bare();
          Space straight = Space.bare();
          RtNetlink one = RtNetlink.open(there.netns());
          RtNetlink other = RtNetlink.open(straight.netns())) {
        replay(one, other, new Random(seed), 5);
      }
    }
  }

  @Test
  void theFakeKernelEndsAsTheRealOneDoes() {
    for (int seed = 0; seed < 4; seed++) {
      try (Space real = Space.bare();
          RtNetlink netlink = RtNetlink.open(real.netns())) {
        Stage stage = Stage.random(new Random(seed));
        Host inReal = host(netlink);
        Host inFake = host(new FakeKernel().open());
        stage.enter(inReal);
        stage.enter(inFake);
        inReal.elapse(Duration.ofMillis(200));
        inFake.elapse(Duration.ofMillis(200));
        assertThat(inReal.text()).isEqualTo(inFake.text());
        assertThat(inReal.problems()).isEqualTo(inFake.problems());
        assertThat(inReal.snapshot().converged()).isTrue();
      }
    }
  }

  private static void replay(RtNetlink byDetours, RtNetlink straight, Random random, int detours) {
    List<Stage> stages = new ArrayList<>();
    for (int i = 0; i <= detours; i++) {
      stages.add(Stage.random(random));
    }
    // Where nobody is met, entries of unknown hosts stay.
    while (stages.get(detours).peers().stream().noneMatch(it -> it.state() == MemberState.ALIVE)) {
      stages.set(detours, Stage.random(random));
    }
    Stage last = stages.get(detours);
    Host host = host(byDetours);
    String before = host.text();
    for (Stage stage : stages) {
      stage.enter(host);
      if (random.nextInt(3) == 0) {
        host.start();
      }
      if (random.nextBoolean()) {
        host.elapse(LONG);
      }
    }
    last.enter(host);
    host.elapse(Adoption.GRACE.plus(LONG));
    Host other = host(straight);
    // Who claimed first is history that counts: it is part of the state, not of the way there.
    other.claim(host.store.saved);
    last.enter(other);
    other.elapse(LONG);
    assertThat(host.text()).isEqualTo(other.text());
    assertThat(host.snapshot().routes()).isEqualTo(other.snapshot().routes());
    assertThat(host.snapshot().converged()).isTrue();
    assertThat(host.leave()).isEmpty();
    assertThat(host.text()).isEqualTo(before);
  }

  private static Host host(RtNetlink netlink) {
    netlink.request(LinkRequests.create("br-mesh", LinkInfo.of("bridge"), 0, null));
    int bridge = netlink.link("br-mesh").orElseThrow().index();
    netlink.request(AddressRequests.add(Address.of(bridge, Worlds.ip("172.30.0.1"), 16)));
    netlink.request(LinkChange.of(bridge).up().request());
    return new Host(netlink, Worlds.local());
  }
}
