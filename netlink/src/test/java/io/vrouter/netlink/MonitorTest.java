package io.vrouter.netlink;

import static io.vrouter.netlink.Fixture.ip;
import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.netlink.lab.Space;
import io.vrouter.netlink.route.Netconf;
import io.vrouter.netlink.route.Rule;
import io.vrouter.netlink.wire.Family;
import io.vrouter.netlink.wire.FibRules;
import io.vrouter.netlink.wire.NetconfAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** On the running kernel: settings and rules of others. */
class MonitorTest {
  private final Space netns = Space.bare();

  /** The events up to the first that matches; fails when none comes for 5 s. */
  private static List<MonitorEvent> until(Monitor monitor, Predicate<MonitorEvent> last) {
    List<MonitorEvent> events = new ArrayList<>();
    while (events.stream().noneMatch(last)) {
      List<MonitorEvent> some = monitor.await(Duration.ofSeconds(5));
      assertThat(some).as("after %s", events).isNotEmpty();
      events.addAll(some);
    }
    return events;
  }

  private static boolean has(MonitorEvent event, Predicate<Netconf> netconf) {
    return event instanceof MonitorEvent.NetconfEvent one && netconf.test(one.netconf());
  }

  @Test
  void forwardingThatIsSwitchedOffIsReported() {
    try (netns;
        Monitor monitor = Monitor.open(netns.netns())) {
      netns.ok("sysctl", "-qw", "net.ipv4.ip_forward=1");
      until(monitor, event -> has(event, it -> it.ifIndex() == 1 && it.forwarding() == 1));
      netns.ok("sysctl", "-qw", "net.ipv4.ip_forward=0");
      List<MonitorEvent> events =
          until(monitor, event -> has(event, it -> it.ifIndex() == 1 && it.forwarding() == 0));
      assertThat(events)
          .contains(
              new MonitorEvent.NetconfEvent(
                  new Netconf(
                      Family.AF_INET, NetconfAttributes.NETCONFA_IFINDEX_ALL, 0, -1, List.of()),
                  false));
      netns.ok("sysctl", "-qw", "net.ipv4.conf.lo.rp_filter=1");
      until(monitor, event -> has(event, it -> it.ifIndex() == 1 && it.rpFilter() == 1));
      netns.ok("sysctl", "-qw", "net.ipv6.conf.lo.forwarding=1");
      until(monitor, event -> has(event, it -> it.family() == Family.AF_INET6));
    }
  }

  @Test
  void rulesAreReported() {
    try (netns;
        Monitor monitor = Monitor.open(netns.netns())) {
      netns.ok("ip", "rule", "add", "pref", "100", "to", "172.31.0.0/16", "blackhole");
      List<MonitorEvent> added = until(monitor, MonitorEvent.RuleEvent.class::isInstance);
      MonitorEvent.RuleEvent event = (MonitorEvent.RuleEvent) added.get(added.size() - 1);
      Rule rule = event.rule();
      assertThat(event.removed()).isFalse();
      assertThat(rule.destination()).isEqualTo(ip("172.31.0.0"));
      assertThat(rule.priority()).isEqualTo(100);
      assertThat(rule.action()).isEqualTo(FibRules.FR_ACT_BLACKHOLE);
      netns.ok("ip", "rule", "del", "pref", "100");
      until(monitor, MonitorEvent.RuleEvent.class::isInstance);
    }
  }
}
