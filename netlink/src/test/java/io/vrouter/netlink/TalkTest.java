package io.vrouter.netlink;

import static io.vrouter.netlink.Fixture.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.netlink.route.NeighborRequests;
import io.vrouter.netlink.wire.Errno;
import io.vrouter.netlink.wire.Family;
import io.vrouter.netlink.wire.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Batches and monitors on both kernels. */
class TalkTest extends KernelContract {
  @Test
  void eachFailureOfABatchIsToldApart() {
    Fixture on = fixture().up();
    List<Request> requests = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      String host = "10.1.%d.%d".formatted(2 + i / 250, 1 + i % 250);
      requests.add(
          i % 100 == 57
              ? NeighborRequests.delete(on.neighbor(host))
              : NeighborRequests.replace(on.neighbor(host)));
    }
    List<Outcome> outcomes = on.netlink.batch(requests);
    assertThat(outcomes).hasSize(1000);
    for (int i = 0; i < 1000; i++) {
      assertThat(outcomes.get(i).request()).isSameAs(requests.get(i));
      assertThat(outcomes.get(i).errno()).isEqualTo(i % 100 == 57 ? Errno.ENOENT : 0);
    }
    assertThat(on.neighbors(Family.AF_INET)).hasSize(990);
  }

  @Test
  void anEmptyBatchAsksNothing() {
    assertThat(fixture().netlink.batch(List.of())).isEmpty();
  }

  @Test
  void aMonitorHearsOfChanges() {
    try (Monitor monitor = kernel().monitor()) {
      Fixture on = fixture().up();
      on.add(on.route("172.31.0.0", 16, "10.1.1.2"));
      List<MonitorEvent> events = new ArrayList<>();
      List<MonitorEvent> some;
      do {
        some = monitor.await(Duration.ofSeconds(5));
        events.addAll(some);
      } while (!some.isEmpty() && some.stream().noneMatch(TalkTest::isOurRoute));
      assertThat(events).anyMatch(TalkTest::isOurRoute);
      assertThat(events)
          .anyMatch(e -> e instanceof MonitorEvent.LinkEvent l && l.link().name().equals("vx0"));
      assertThat(events)
          .anyMatch(
              e ->
                  e instanceof MonitorEvent.AddressEvent a
                      && a.address().address().equals(ip("10.1.1.1")));
    }
  }

  @Test
  void aClosedMonitorSaysNothing() {
    Monitor monitor = kernel().monitor();
    monitor.close();
    monitor.close();
    assertThat(monitor.await(Duration.ofSeconds(30))).isEmpty();
  }

  private static boolean isOurRoute(MonitorEvent event) {
    return event instanceof MonitorEvent.RouteEvent e && e.route().protocol() == PROTOCOL;
  }
}
