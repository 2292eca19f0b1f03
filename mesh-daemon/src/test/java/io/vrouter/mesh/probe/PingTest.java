package io.vrouter.mesh.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.Addresses;
import io.vrouter.netlink.lab.Space;
import io.vrouter.netlink.socket.Netns;
import io.vrouter.netlink.socket.UdpErrorProbe.ProbeResult;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A real kernel at the other end of a wire. */
class PingTest {
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  @Test
  void timesTheAnswerOfAClosedPort() {
    try (Space here = Space.create();
        Space there = Space.create()) {
      here.ip(
          "link add w type veth peer name w netns " + there.pid(),
          "addr add 10.1.1.1/24 dev w",
          "link set w up");
      there.ip("addr add 10.1.1.2/24 dev w", "link set w up");
      PingResult answered = ping(here, "10.1.1.2", PATIENCE);
      assertThat(answered.answer()).isEqualTo(ProbeResult.ANSWERED);
      assertThat(answered.roundTrip()).isPositive().isLessThan(PATIENCE);
      there.nft("table inet t { chain c { type filter hook input priority 0; policy drop; }; }\n");
      PingResult silent = ping(here, "10.1.1.2", Duration.ofMillis(200));
      assertThat(silent.answer()).isEqualTo(ProbeResult.SILENT);
      assertThat(ping(here, "10.9.9.9", PATIENCE).answer()).isEqualTo(ProbeResult.NOT_SENT);
    }
  }

  private static PingResult ping(Space from, String to, Duration timeout) {
    return Netns.call(from.netns(), () -> PingResult.once(Addresses.parse(to), 7952, timeout));
  }
}
