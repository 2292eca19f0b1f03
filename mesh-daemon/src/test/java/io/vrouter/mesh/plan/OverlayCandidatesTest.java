package io.vrouter.mesh.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.mesh.model.Prefix;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class OverlayCandidatesTest {
  @Property(tries = 50)
  void everyHostAddressIsGivenOnceAndThenNone(
      @ForAll int host, @ForAll @IntRange(min = 24, max = 31) int length) {
    Prefix subnet = Prefix.of(Worlds.ip("10.1.1.255"), length);
    Set<InetAddress> held = new HashSet<>();
    Optional<InetAddress> next = pick(host, subnet, held);
    while (next.isPresent()) {
      assertThat(subnet.contains(next.get())).isTrue();
      assertThat(held.add(next.get())).as("%s is given twice", next).isTrue();
      next = pick(host, subnet, held);
    }
    assertThat(held).hasSize((1 << (32 - length)) - 2);
    assertThat(held).doesNotContain(subnet.address(), Worlds.ip("10.1.1.255"));
  }

  @Test
  void aHostComesBackToItsFirstChoice() {
    InetAddress first = pick(7, Worlds.OVERLAY, Set.of()).orElseThrow();
    assertThat(pick(7, Worlds.OVERLAY, Set.of(Worlds.ip("10.1.1.1")))).contains(first);
    assertThat(pick(7, Worlds.OVERLAY, Set.of(first))).isPresent().isNotEqualTo(first);
  }

  @Test
  void ipv6() {
    Prefix subnet = Prefix.parse("fd00:1::/64");
    InetAddress first = pick(7, subnet, Set.of()).orElseThrow();
    assertThat(subnet.contains(first)).isTrue();
    assertThat(first).isNotEqualTo(subnet.address());
    assertThat(pick(7, Prefix.parse("fd00:1::7/128"), Set.of())).isEmpty();
  }

  private static Optional<InetAddress> pick(int host, Prefix subnet, Set<InetAddress> held) {
    return OverlayCandidates.pick(Worlds.id(host), Worlds.VNI, subnet, held);
  }
}
