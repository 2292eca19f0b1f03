package io.vrouter.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vrouter.netlink.bpf.BpfAssembler;
import io.vrouter.netlink.bpf.BpfAssembler.Width;
import io.vrouter.netlink.bpf.BpfMapSpec;
import io.vrouter.netlink.bpf.BpfProgram;
import io.vrouter.netlink.wire.Errno;
import io.vrouter.netlink.wire.Payload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Maps and programs of a real kernel. */
class BpfKernelTest {
  private static final BpfMapSpec HASH = BpfMapSpec.hash("test_hash", 8, 4, 16);

  private final List<Integer> fds = new ArrayList<>();

  @AfterEach
  void close() {
    fds.forEach(BpfKernel::close);
  }

  private int open(int fd) {
    fds.add(fd);
    return fd;
  }

  private static Payload octets(int... octets) {
    byte[] bytes = new byte[octets.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) octets[i];
    }
    return Payload.of(bytes);
  }

  @Test
  void entriesComeAndGo() {
    int map = open(BpfKernel.createMap(HASH));
    Payload one = octets(1, 0, 0, 0, 0, 0, 0, 1);
    Payload two = octets(2, 0, 0, 0, 0, 0, 0, 2);
    BpfKernel.update(map, one, octets(1, 1, 1, 1));
    BpfKernel.update(map, two, octets(2, 2, 2, 2));
    BpfKernel.update(map, one, octets(3, 3, 3, 3));

    assertThat(BpfKernel.lookup(map, one, 4)).contains(octets(3, 3, 3, 3));
    assertThat(BpfKernel.entries(map, HASH))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(one, octets(3, 3, 3, 3), two, octets(2, 2, 2, 2)));
    assertThat(BpfKernel.delete(map, one)).isTrue();
    assertThat(BpfKernel.delete(map, one)).isFalse();
    assertThat(BpfKernel.lookup(map, one, 4)).isEmpty();
    assertThat(BpfKernel.entries(map, HASH)).containsOnlyKeys(two);
  }

  @Test
  void aTrieFindsTheLongestPrefix() {
    BpfMapSpec trie = BpfMapSpec.trie("test_trie", 8, 4, 16);
    int map = open(BpfKernel.createMap(trie));
    BpfKernel.update(map, octets(8, 0, 0, 0, 10, 0, 0, 0), octets(8, 0, 0, 0));
    BpfKernel.update(map, octets(24, 0, 0, 0, 10, 1, 1, 0), octets(24, 0, 0, 0));

    assertThat(BpfKernel.lookup(map, octets(32, 0, 0, 0, 10, 1, 1, 9), 4))
        .contains(octets(24, 0, 0, 0));
    assertThat(BpfKernel.lookup(map, octets(32, 0, 0, 0, 10, 1, 2, 9), 4))
        .contains(octets(8, 0, 0, 0));
    assertThat(BpfKernel.lookup(map, octets(32, 0, 0, 0, 11, 1, 2, 9), 4)).isEmpty();
    assertThat(BpfKernel.entries(map, trie)).hasSize(2);
  }

  @Test
  void aFullMapRefuses() {
    int map = open(BpfKernel.createMap(BpfMapSpec.hash("test_full", 4, 4, 1)));
    BpfKernel.update(map, octets(1, 0, 0, 0), octets(1, 0, 0, 0));
    assertThatThrownBy(() -> BpfKernel.update(map, octets(2, 0, 0, 0), octets(1, 0, 0, 0)))
        .isInstanceOfSatisfying(
            BpfException.class, e -> assertThat(e.errno()).isEqualTo(Errno.E2BIG));
  }

  @Test
  void aProgramRunsAndItsMapsAreFound() {
    int map = open(BpfKernel.createMap(HASH));
    BpfProgram program =
        new BpfAssembler("test_prog")
            .storeImm(Width.DW, 10, -8, 7)
            .storeImm(Width.W, 10, -12, 1)
            .map(1, HASH.name())
            .movReg(2, 10)
            .alu(BpfAssembler.Alu.ADD, 2, -8)
            .movReg(3, 10)
            .alu(BpfAssembler.Alu.ADD, 3, -12)
            .mov(4, 0)
            .call(2)
            .mov(0, 5)
            .exit()
            .program();
    int fd = open(BpfKernel.load(program, Map.of(HASH.name(), map)));

    BpfKernel.Trial trial =
        BpfKernel.trial(fd, Payload.of(new byte[64]), Payload.of(new byte[192]));
    assertThat(trial.verdict()).isEqualTo(5);
    assertThat(trial.packet().length()).isEqualTo(64);
    assertThat(BpfKernel.entries(map, HASH)).containsOnlyKeys(octets(7, 0, 0, 0, 0, 0, 0, 0));
    int again = open(BpfKernel.program(BpfKernel.idOf(fd)));
    List<BpfKernel.OpenMap> maps = BpfKernel.mapsOf(again);
    maps.forEach(it -> open(it.fd()));
    assertThat(maps).extracting(BpfKernel.OpenMap::spec).containsExactly(HASH);
    assertThat(maps.get(0).id()).isEqualTo(BpfKernel.idOf(map));
  }

  @Test
  void aRefusedProgramHasTheVerifiersReason() {
    BpfProgram wild = new BpfAssembler("test_wild").load(Width.W, 0, 2, 0).exit().program();
    assertThatThrownBy(() -> BpfKernel.load(wild, Map.of()))
        .isInstanceOfSatisfying(
            BpfException.class,
            e -> {
              assertThat(e.errno()).isEqualTo(Errno.EACCES);
              assertThat(e.log()).contains("r0 = *(u32 *)(r2 +0)");
            })
        .hasMessageContaining("load program test_wild: EACCES: R2 !read_ok");
  }
}
