package io.vrouter.mesh.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.mesh.plan.Worlds;
import io.vrouter.netlink.fake.FakeKernel;
import org.junit.jupiter.api.Test;

/** What a daemon that starts again does with what its former life left in the kernel. */
class AdoptionTest {
  private final FakeKernel kernel = new FakeKernel();
  private final Host host = Host.withBridge(kernel);

  @Test
  void aRestartAdoptsWithoutAWrite() {
    host.peers(Worlds.peer(2, "172.31.0.0/16"));
    host.settle();
    kernel.forgetWrites();
    int firewall = host.firewall.writes.get();
    host.start();
    host.settle();
    assertThat(kernel.writes()).isEmpty();
    assertThat(host.firewall.writes).hasValue(firewall);
    assertThat(host.snapshot().converged()).isTrue();
  }

  @Test
  void aRestartThatKnowsNobodyYetKeepsThePath() {
    host.peers(Worlds.peer(2, "172.31.0.0/16"));
    host.settle();
    kernel.forgetWrites();
    int firewall = host.firewall.writes.get();
    host.peers();
    host.start();
    host.settle();
    assertThat(kernel.writes()).isEmpty();
    assertThat(host.firewall.writes).hasValue(firewall);
    assertThat(host.snapshot().converged()).isFalse();

    host.elapse(Adoption.PATIENCE);
    host.settle();
    assertThat(host.text()).doesNotContain("192.0.2.2", "172.31.0.0");
  }

  @Test
  void aRestartTakesDownWhatHasGoneMeanwhile() {
    host.peers(Worlds.peer(2, "172.31.0.0/16"), Worlds.peer(3, "172.22.0.0/16"));
    host.settle();
    host.peers(Worlds.peer(3, "172.22.0.0/16"));
    host.start();
    host.settle();
    assertThat(host.text()).doesNotContain("192.0.2.2", "10.1.1.2 ", "172.31.0.0");
    assertThat(host.text()).contains("192.0.2.3", "172.22.0.0/16");
  }
}
