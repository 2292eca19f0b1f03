package io.vrouter.mesh.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.netlink.MonitorEvent;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.route.LinkInfo;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HostEventsTest {
  private final List<LookFilter.Meaning> meanings = new ArrayList<>();
  private final HostEvents events = new HostEvents(meanings::add);

  @Test
  void eventsThatWereLostAreALookAtTheHost() {
    Link link = Link.of(7, "eth0", LinkInfo.of("veth"));
    events.opened(false);
    assertThat(meanings).isEmpty();
    events.event(new MonitorEvent.LinkEvent(link, false));
    events.event(new MonitorEvent.LinkEvent(link, false));
    events.opened(true);
    events.event(new MonitorEvent.LinkEvent(link, false));
    assertThat(meanings)
        .extracting(LookFilter.Meaning::look)
        .as("the second is no news, the last is: the link may be another")
        .containsExactly(true, false, true, true);
  }
}
