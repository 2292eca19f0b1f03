package io.vrouter.mesh.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.record.PoolRange;
import io.vrouter.mesh.record.PoolShare;
import io.vrouter.mesh.record.PoolVote;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PoolSubnetsTest {
  private static final PoolState STATE =
      new PoolState(
          new PoolShare(
              List.of(new PoolRange(Prefix.parse("10.130.64.0/18"), 3, true)), List.of(), 3),
          Map.of(),
          List.of());

  @Test
  void namesGetSubnetsFromTheTopAndKeepThem() throws PoolException {
    PoolSubnets.Allocation shop = PoolSubnets.claim(STATE, "shop", Set.of());
    assertThat(shop.subnet()).isEqualTo(Prefix.parse("10.130.127.0/24"));

    PoolSubnets.Allocation blog = PoolSubnets.claim(shop.state(), "blog", Set.of());
    assertThat(blog.subnet()).isEqualTo(Prefix.parse("10.130.126.0/24"));

    assertThat(PoolSubnets.claim(blog.state(), "shop", Set.of(shop.subnet())).subnet())
        .isEqualTo(shop.subnet());
  }

  @Test
  void whatDockerUsesIsNotGivenOut() throws PoolException {
    assertThat(PoolSubnets.claim(STATE, "shop", Set.of(Prefix.parse("10.130.112.0/20"))).subnet())
        .isEqualTo(Prefix.parse("10.130.111.0/24"));
  }

  @Test
  void fullRangeOrNoneSaysWhatToDo() {
    assertThatThrownBy(
            () -> PoolSubnets.claim(STATE, "shop", Set.of(Prefix.parse("10.130.64.0/18"))))
        .isInstanceOf(PoolException.class)
        .hasMessageContaining("release");
    assertThatThrownBy(() -> PoolSubnets.claim(PoolState.NONE, "shop", Set.of()))
        .isInstanceOf(PoolException.class)
        .hasMessageContaining("no pool range yet");
  }

  @Test
  void badNameIsRefused() {
    assertThatThrownBy(() -> PoolSubnets.claim(STATE, "a b", Set.of()))
        .isInstanceOf(PoolException.class)
        .hasMessageContaining("a_b");
  }

  @Test
  void releaseTakesBackAndNamesWhatThereIs() throws PoolException {
    PoolSubnets.Allocation given = PoolSubnets.claim(STATE, "shop", Set.of());
    PoolState claimed = given.state();
    assertThat(PoolSubnets.release(claimed, "shop"))
        .isEqualTo(new PoolSubnets.Allocation(STATE, given.subnet()));
    assertThatThrownBy(() -> PoolSubnets.release(claimed, "shop2"))
        .isInstanceOf(PoolException.class)
        .hasMessageContaining("shop2")
        .hasMessageEndingWith("shop");
  }

  @Property(tries = 100)
  void dockersPoolsAndNamesShareTheRangesExactly(@ForAll @IntRange(max = 64) int names)
      throws PoolException {
    PoolState state = STATE;
    for (int i = 0; i < names; i++) {
      state = PoolSubnets.claim(state, "n" + i, Set.of()).state();
    }
    Set<Prefix> all = new HashSet<>(state.named().values());
    for (PoolSubnets.Pool pool : PoolSubnets.dockerPools(state)) {
      long count = Subnets.count(pool.base(), pool.size());
      for (long i = 0; i < count; i++) {
        assertThat(all.add(Subnets.at(pool.base(), pool.size(), i))).isTrue();
      }
    }
    assertThat(all).hasSize(PoolRange.SUBNETS);
  }

  @Test
  void stateSurvivesItsFile() throws PoolException {
    PoolState named = PoolSubnets.claim(STATE, "shop", Set.of()).state();
    PoolVote vote = new PoolVote(Prefix.parse("10.130.0.0/18"), new NodeId(1, 2), 3);
    PoolVote kept = new PoolVote(Prefix.parse("10.130.64.0/18"), new NodeId(1, 3), 3);
    PoolState state =
        new PoolState(
            new PoolShare(named.ranges(), List.of(vote), 7), named.named(), List.of(kept));
    assertThat(PoolStates.decode(PoolStates.encode(state))).isEqualTo(state);
    assertThat(PoolStates.decode(PoolStates.encode(PoolState.NONE))).isEqualTo(PoolState.NONE);
  }

  @Property
  void corruptStateIsATypedError(@ForAll String text) {
    assertThatThrownBy(() -> PoolStates.decode(text)).isInstanceOf(PoolException.class);
    assertThatThrownBy(() -> PoolStates.decode("{\"format\":1,\"ranges\":[{\"prefix\":\"x\"}]}"))
        .isInstanceOf(PoolException.class)
        .hasMessageContaining("'x'");
  }
}
