package io.vrouter.mesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.netlink.lab.Await;
import io.vrouter.netlink.lab.Child;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Daemons that are gone everywhere at once: the kernels go on, and no packet is lost. */
@Tag("lab")
class AllDownIT {
  @RegisterExtension final Lab lab = new Lab();

  private List<Host> hosts = List.of();
  private final List<Child> pings = new ArrayList<>();

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
    ping(3_800);
    awaitAnswers(200);
    hosts.forEach(host -> host.daemon().kill());
    for (Host host : hosts) {
      awaitAnswers(1_000); // 10 s or more
      host.start();
    }
    awaitAnswers(500);
    assertNothingLost(3_800);
    lab.awaitMesh(hosts);
  }

  @Test
  void oneIsKilledTwentyTimesWhileTheOthersAreDown() {
    ping(2_000);
    hosts.forEach(host -> host.daemon().kill());
    for (int i = 0; i < 20; i++) {
      hosts.get(0).start();
      awaitAnswers(5 * i);
      hosts.get(0).daemon().kill();
    }
    hosts.forEach(Host::start);
    lab.awaitMesh(hosts);
    assertNothingLost(2_000);
  }

  /** From each host's container to each other's, every 10 ms. */
  private void ping(int count) {
    for (Host from : hosts) {
      for (Host to : hosts) {
        if (from != to) {
          pings.add(
              lab.closing(
                  from.stack()
                      .container()
                      .start(
                          lab.log("ping-" + from + "-" + to),
                          Map.of(),
                          List.of(
                              "ping",
                              "-n",
                              "-i",
                              "0.01",
                              "-W",
                              "2",
                              "-c",
                              Integer.toString(count),
                              to.stack().address()))));
        }
      }
    }
  }

  private void awaitAnswers(int more) {
    Child first = pings.get(0);
    long from = answers(first);
    Await.until(more + " more answers", () -> answers(first) >= from + more);
  }

  private static long answers(Child ping) {
    return ping.said().lines().filter(line -> line.contains("bytes from")).count();
  }

  private void assertNothingLost(int count) {
    for (Child ping : pings) {
      Await.until("the pings end", () -> !ping.alive());
      assertThat(ping.said()).contains(count + " packets transmitted, " + count + " received");
    }
  }
}
