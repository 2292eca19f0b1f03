package io.vrouter.mesh.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.MemberState;
import io.vrouter.mesh.plan.RemoteHost;
import io.vrouter.mesh.plan.Worlds;
import io.vrouter.mesh.record.HostRecord;
import io.vrouter.netlink.fake.FakeKernel;
import java.time.Duration;
import java.util.List;
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

  /** All daemons of the mesh were killed, and this one is the first to start again. */
  @Test
  void membersOfTheLastRunKeepTheirPathUntilTheyAreGivenUp() {
    host.peers(peer(2, MemberState.ALIVE), peer(3, MemberState.ALIVE));
    host.settle();
    kernel.forgetWrites();
    int firewall = host.firewall.writes.get();
    host.peers(peer(2, MemberState.RESTARTING), peer(3, MemberState.RESTARTING));
    host.membership.settled(false);
    host.start();
    host.elapse(Duration.ofMillis(200));
    host.membership.settled(true); // by the clock: nobody has answered
    host.elapse(Duration.ofSeconds(59));
    assertThat(kernel.writes()).isEmpty();
    assertThat(host.firewall.writes).hasValue(firewall);
    assertThat(host.snapshot().converged()).isTrue();

    host.peers(peer(2, MemberState.RESTARTING), peer(3, MemberState.FAILED));
    host.settle();
    assertThat(host.text())
        .contains("192.0.2.2", "172.22.0.0")
        .doesNotContain("192.0.2.3", "172.23.0.0");
  }

  /** It was killed before it had saved what the peer published last. */
  @Test
  void anOlderSavedRecordTakesNothingDown() {
    host.peers(peer(2, MemberState.ALIVE));
    host.settle();
    String whole = host.text();
    host.peers(
        Worlds.peer(2, MemberState.RESTARTING, Worlds.record(2, "192.0.2.2", "10.1.1.2", 1)));
    host.membership.settled(false);
    host.start();
    host.elapse(Duration.ofMillis(200));
    assertThat(host.text()).as("it lacked a network").isEqualTo(whole);
    HostRecord bare =
        new HostRecord("host2", "test", Worlds.ip("192.0.2.2"), 4789, List.of(), List.of());
    host.peers(Worlds.peer(2, MemberState.RESTARTING, bare));
    host.start();
    host.elapse(Duration.ofMillis(200));
    assertThat(host.text()).as("it lacked all claims").isEqualTo(whole);
    host.peers(peer(2, MemberState.ALIVE));
    host.membership.settled(true);
    kernel.forgetWrites();
    host.settle();
    assertThat(kernel.writes()).isEmpty();
  }

  @Test
  void aThirdStaysWhenOneIsMet() {
    host.peers(peer(2, MemberState.ALIVE), peer(3, MemberState.ALIVE));
    host.settle();
    kernel.forgetWrites();
    host.peers(peer(2, MemberState.ALIVE), peer(3, MemberState.RESTARTING));
    host.start();
    host.elapse(Duration.ofMinutes(5));
    assertThat(kernel.writes()).isEmpty();
  }

  @Test
  void twentyStartsInARowWriteNothing() {
    host.peers(peer(2, MemberState.ALIVE), peer(3, MemberState.ALIVE));
    host.settle();
    kernel.forgetWrites();
    int firewall = host.firewall.writes.get();
    host.peers(peer(2, MemberState.RESTARTING), peer(3, MemberState.RESTARTING));
    for (int i = 0; i < 20; i++) {
      host.start();
      host.membership.settled(i % 2 == 0);
      host.elapse(Duration.ofMillis(150L * i));
    }
    assertThat(kernel.writes()).isEmpty();
    assertThat(host.firewall.writes).hasValue(firewall);
  }

  /** The records were lost, or the last run was of a version that kept none. */
  @Test
  void whatNoRecordExplainsStaysUntilAMemberWasMetAndTheGraceEnds() {
    host.peers(peer(2, MemberState.ALIVE), peer(3, MemberState.ALIVE));
    host.settle();
    kernel.forgetWrites();
    int firewall = host.firewall.writes.get();
    host.peers();
    host.start();
    host.elapse(Duration.ofSeconds(20));
    assertThat(kernel.writes()).isEmpty();
    assertThat(host.firewall.writes).hasValue(firewall);
    assertThat(host.snapshot().converged()).isFalse();

    host.peers(peer(2, MemberState.ALIVE), peer(4, MemberState.ALIVE));
    host.settle();
    assertThat(host.text()).as("what is new").contains("172.24.0.0");
    assertThat(host.firewall.writes).as("is let through").hasValue(firewall + 1);
    assertThat(host.text()).as("what may live").contains("192.0.2.3", "172.23.0.0");
    host.elapse(Adoption.GRACE);
    assertThat(host.text()).doesNotContain("192.0.2.3", "172.23.0.0");
    assertThat(host.text()).contains("192.0.2.2", "172.22.0.0", "192.0.2.4");
    assertThat(host.snapshot().converged()).isTrue();
  }

  @Test
  void theClockAloneTakesNothingDown() {
    host.peers(peer(2, MemberState.ALIVE));
    host.settle();
    host.peers();
    host.start();
    kernel.forgetWrites();
    host.elapse(Duration.ofMinutes(30));
    assertThat(kernel.writes()).isEmpty();
    assertThat(host.text()).contains("192.0.2.2", "172.22.0.0");
    host.peers(peer(4, MemberState.ALIVE));
    host.settle();
    assertThat(host.text()).doesNotContain("192.0.2.2", "172.22.0.0");
  }

  @Test
  void whatHasLeftMeanwhileGoesAtOnce() {
    host.peers(peer(2, MemberState.ALIVE), peer(3, MemberState.ALIVE));
    host.settle();
    host.peers(peer(2, MemberState.LEFT), peer(3, MemberState.ALIVE));
    host.start();
    host.settle();
    assertThat(host.text()).doesNotContain("192.0.2.2", "10.1.1.2 ", "172.22.0.0");
    assertThat(host.text()).contains("192.0.2.3", "172.23.0.0");
  }

  private static RemoteHost peer(int number, MemberState state) {
    return Worlds.peer(number, state, Worlds.record(number, 1, "172.2" + number + ".0.0/16"));
  }
}
