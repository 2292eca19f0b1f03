package io.vrouter.mesh.firewall;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.netlink.NetlinkException;
import io.vrouter.netlink.Nftables;
import io.vrouter.netlink.lab.Space;
import io.vrouter.netlink.wire.Errno;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Changes told from our own by the kernel's count of transactions. */
class NftGenerationTest {
  private static final Space HOST = Space.create();
  private static final AtomicInteger TABLES = new AtomicInteger();

  private final NftGeneration rules = new NftGeneration(NftGenerationTest::nftables);

  @AfterAll
  static void tearDown() {
    HOST.close();
  }

  private static Nftables nftables() {
    return Nftables.open(HOST.netns());
  }

  private static int write() {
    HOST.ok("nft", "add", "table", "inet", "other" + TABLES.incrementAndGet());
    return 0;
  }

  @Test
  void nothingIsKnownBeforeALook() {
    assertThat(rules.changed()).isTrue();
    rules.looking();
    assertThat(rules.changed()).isFalse();
  }

  @Test
  void anotherProgramsTransactionIsAChange() {
    rules.looking();
    write();
    assertThat(rules.changed()).isTrue();
    rules.looking();
    assertThat(rules.changed()).isFalse();
  }

  @Test
  void ourOwnIsNone() {
    rules.looking();
    rules.writing(NftGenerationTest::write, () -> 0);
    assertThat(rules.changed()).isFalse();
    rules.writing(() -> 0, () -> 0);
    assertThat(rules.changed()).as("nothing was written").isFalse();
    write();
    assertThat(rules.changed()).isTrue();
  }

  @Test
  void ourOwnAfterAnothersHidesNothing() {
    rules.looking();
    write();
    rules.writing(NftGenerationTest::write, () -> 0);
    assertThat(rules.changed()).isTrue();
  }

  @Test
  void anothersDuringOurOwnIsAChange() {
    rules.looking();
    rules.writing(() -> write() + write(), () -> 0);
    assertThat(rules.changed()).isTrue();
  }

  @Test
  void severalOfOurOwnAreNone() {
    rules.looking();
    rules.writing(() -> write() + write(), TABLES::get);
    assertThat(rules.changed()).isFalse();
    rules.writing(() -> write() + write(), () -> -TABLES.get());
    assertThat(rules.changed()).isTrue();
  }

  @Test
  void whereTheKernelDoesNotSayEverythingMayHaveChanged() {
    NftGeneration mute =
        new NftGeneration(
            () -> {
              throw new NetlinkException("open a socket", Errno.EPERM, "", -1);
            });
    mute.looking();
    mute.writing(() -> 0, () -> 0);
    assertThat(mute.changed()).isTrue();
  }

  @Test
  void oneSocketServesAllLooksAndAnotherIsOpenedAfterAFailure() {
    AtomicInteger opened = new AtomicInteger();
    AtomicBoolean broken = new AtomicBoolean();
    NftGeneration one =
        new NftGeneration(
            () -> {
              opened.incrementAndGet();
              Nftables socket = nftables();
              if (broken.getAndSet(false)) {
                socket.close();
              }
              return socket;
            });
    for (int i = 0; i < 5; i++) {
      one.looking();
      assertThat(one.changed()).isFalse();
    }
    assertThat(opened).hasValue(1);
    one.close();
    broken.set(true);
    assertThat(one.changed()).isTrue();
    assertThat(one.changed()).isFalse();
    assertThat(opened).hasValue(3);
    one.close();
  }
}
