package io.vrouter.mesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.netlink.lab.Await;
import io.vrouter.netlink.lab.Ping;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Daemons that are gone everywhere at once: the kernels go on, and no packet is lost. */
@Tag("lab")
class AllDownIT {
  @RegisterExtension final Lab lab = new Lab();

  private List<Host> hosts = List.of();
  private final List<Ping> pings = new ArrayList<>();

  @BeforeEach
  void start() {
    hosts = lab.three();
    hosts.forEach(Host::start);
    lab.awaitMesh(hosts);
    for (Host host : hosts) {
      Path records = host.space().path("/var/lib/vrouter/records");
      Await.until(host + " has kept the others' records", () -> size(records) > 2 * 200);
    }
  }

  private static long size(Path file) {
    return file.toFile().length();
  }

  @Test
  void allAreKilledAndStartOneAfterTheOther() {
    ping();
    awaitAnswers(200);
    hosts.forEach(host -> host.daemon().kill());
    for (Host host : hosts) {
      awaitAnswers(1_000); // 10 s or more
      host.start();
    }
    awaitAnswers(500);
    assertNothingLost();
    lab.awaitMesh(hosts);
  }

  @Test
  void oneIsKilledTwentyTimesWhileTheOthersAreDown() {
    ping();
    hosts.forEach(host -> host.daemon().kill());
    for (int i = 0; i < 20; i++) {
      hosts.get(0).start();
      awaitAnswers(5 * i);
      hosts.get(0).daemon().kill();
    }
    hosts.forEach(Host::start);
    lab.awaitMesh(hosts);
    assertNothingLost();
  }

  /** From each host's container to each other's. */
  private void ping() {
    for (Host from : hosts) {
      for (Host to : hosts) {
        if (from != to) {
          pings.add(
              lab.closing(
                  Ping.start(
                      from.stack().container(),
                      to.stack().address(),
                      lab.log("ping-" + from + "-" + to))));
        }
      }
    }
  }

  private void awaitAnswers(int more) {
    pings.get(0).awaitMore(more);
  }

  private void assertNothingLost() {
    assertThat(pings).allSatisfy(ping -> assertThat(ping.stop().lost()).isEmpty());
  }
}
