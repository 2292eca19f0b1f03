package io.vrouter.mesh.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.mesh.plan.Mark;
import io.vrouter.mesh.plan.Worlds;
import io.vrouter.netlink.MonitorEvent;
import io.vrouter.netlink.netfilter.TableCodec;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.route.LinkInfo;
import io.vrouter.netlink.route.MacAddress;
import io.vrouter.netlink.route.Neighbor;
import io.vrouter.netlink.route.Netconf;
import io.vrouter.netlink.route.Rule;
import io.vrouter.netlink.route.Vxlan;
import io.vrouter.netlink.wire.Family;
import io.vrouter.netlink.wire.FibRules;
import io.vrouter.netlink.wire.Ndm;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RelevanceTest {
  private final Relevance relevance = new Relevance(List.of());

  private boolean isRelevant(int forwarding, int rpFilter, boolean removed) {
    Netconf netconf = new Netconf(Family.AF_INET, 7, forwarding, rpFilter, List.of());
    return relevance.of(new MonitorEvent.NetconfEvent(netconf, removed)).isPresent();
  }

  @Test
  void forwardingSwitchedOffIsLookedAtAtOnce() {
    assertThat(isRelevant(0, -1, false)).isTrue();
    assertThat(isRelevant(0, 0, false)).isTrue();
    assertThat(isRelevant(1, -1, false)).isFalse();
    assertThat(isRelevant(0, -1, true)).isFalse();
  }

  @Test
  void aReversePathFilterThatIsSetIsLookedAtAtOnceButNotThatOfANewDevice() {
    assertThat(isRelevant(-1, 1, false)).isTrue();
    assertThat(isRelevant(-1, 0, false)).isTrue();
    assertThat(isRelevant(1, 1, false)).isFalse();
    assertThat(isRelevant(-1, -1, false)).isFalse();
  }

  @Test
  void everyChangeOfTheRulesIsLookedAt() {
    Rule rule =
        new Rule(
            Family.AF_INET,
            null,
            0,
            null,
            0,
            0,
            100,
            FibRules.FR_ACT_TO_TBL,
            0,
            5,
            "",
            "",
            List.of());
    assertThat(relevance.of(new MonitorEvent.RuleEvent(rule, false)))
        .contains(Watch.ChangeKind.FOREIGN);
    assertThat(relevance.of(new MonitorEvent.RuleEvent(rule, true)))
        .contains(Watch.ChangeKind.FOREIGN);
  }

  private static Link device(int index) {
    return Link.of(index, "vxlan1000", LinkInfo.of(Vxlan.of(1000, Worlds.ip("192.0.2.1"), 4789)))
        .withGroup(Mark.GROUP);
  }

  private Optional<Watch.ChangeKind> link(Link link) {
    return relevance.of(new MonitorEvent.LinkEvent(link, false));
  }

  private Optional<Watch.ChangeKind> neighbor(int state) {
    Neighbor one =
        new Neighbor(
            7,
            Worlds.ip("10.1.1.2"),
            MacAddress.parse("02:00:00:00:00:02"),
            state,
            0,
            0,
            List.of());
    return relevance.of(new MonitorEvent.NeighborEvent(one, false));
  }

  @Test
  void aSettingThatIsComparedIsLookedAtWhateverTheAliasSays() {
    assertThat(link(device(7))).contains(Watch.ChangeKind.OURS);
    assertThat(link(device(7))).isEmpty();
    assertThat(link(device(7).withAlias("other"))).contains(Watch.ChangeKind.OURS);
    assertThat(link(device(7).withAlias("other").withGroup(0))).contains(Watch.ChangeKind.OURS);
  }

  @Test
  void aPermanentEntryThatBeginsToAgeIsLookedAtOnce() {
    link(device(7));
    assertThat(neighbor(Ndm.NUD_REACHABLE)).as("another's").isEmpty();
    assertThat(neighbor(Ndm.NUD_PERMANENT)).contains(Watch.ChangeKind.OURS);
    assertThat(neighbor(Ndm.NUD_STALE)).contains(Watch.ChangeKind.OURS);
    assertThat(neighbor(Ndm.NUD_REACHABLE)).isEmpty();
  }

  @Test
  void afterLostEventsTheLinksAreListedAnew() {
    link(device(6));
    assertThat(neighbor(Ndm.NUD_PERMANENT)).as("of an unknown device").isEmpty();
    relevance.relist(List.of(device(7)));
    assertThat(neighbor(Ndm.NUD_PERMANENT)).contains(Watch.ChangeKind.OURS);
  }

  @Test
  void rulesInTablesOfOthersAreNotLookedAtAtOnce() {
    assertThat(isRelevant(TableCodec.NFT_MSG_NEWRULE, "vrouter")).isTrue();
    assertThat(isRelevant(TableCodec.NFT_MSG_NEWRULE, "filter")).isTrue();
    assertThat(isRelevant(TableCodec.NFT_MSG_NEWRULE, "f2b-table")).isFalse();
    assertThat(isRelevant(TableCodec.NFT_MSG_NEWSETELEM, "kube-proxy")).isFalse();
    assertThat(isRelevant(TableCodec.NFT_MSG_NEWCHAIN, "theirs")).as("may drop all").isTrue();
    assertThat(isRelevant(TableCodec.NFT_MSG_DELTABLE, "theirs")).isTrue();
    assertThat(isRelevant(0x0a0f, "")).as("a new generation").isFalse();
  }

  private boolean isRelevant(int type, String table) {
    return relevance.of(new MonitorEvent.TableEvent(type, 1, table)).isPresent();
  }

  @Test
  void lostEventsAreLookedAt() {
    assertThat(relevance.of(new MonitorEvent.Overrun())).contains(Watch.ChangeKind.OURS);
  }
}
