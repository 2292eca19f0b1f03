package io.vrouter.mesh.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vrouter.mesh.model.Problem;
import io.vrouter.netlink.Monitor;
import io.vrouter.netlink.fake.FakeKernel;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.route.LinkInfo;
import io.vrouter.netlink.socket.NetlinkSocket;
import io.vrouter.netlink.socket.SyscallException;
import io.vrouter.netlink.wire.Errno;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class WatchTest {
  private final FakeKernel kernel = new FakeKernel();
  private final List<Watch.ChangeKind> changes = new CopyOnWriteArrayList<>();
  private final CountDownLatch broken = new CountDownLatch(1);

  /** A socket that breaks when the test says so. */
  private final class Breaking implements NetlinkSocket {
    @Override
    public void send(ByteBuffer datagram) {}

    @Override
    public Received receive(Duration timeout) {
      try {
        broken.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      throw new SyscallException("recvmsg", Errno.EBADF);
    }

    @Override
    public void close() {
      broken.countDown();
    }
  }

  @Test
  void aWatchThatFailsIsOpenedAgainAndEverythingIsLookedAt() {
    Iterator<Monitor> monitors = List.of(Monitor.over(new Breaking()), kernel.monitor()).iterator();
    CountDownLatch mended = new CountDownLatch(1);
    try (Watch watch =
        new Watch(
            () -> {
              if (broken.getCount() == 0) {
                awaitUninterrupted(mended);
              }
              return monitors.next();
            },
            List::of,
            changes::add)) {
      assertThat(watch.problem()).isEmpty();
      broken.countDown();
      await().until(() -> watch.problem().isPresent());
      assertThat(watch.problem()).map(Problem::code).contains("kernel-watch");
      mended.countDown();
      await().until(() -> watch.problem().isEmpty());
      await().until(() -> changes.equals(List.of(Watch.ChangeKind.OURS)));
      kernel.seed(Link.of(0, "br0", LinkInfo.of("bridge")));
      await().until(() -> changes.contains(Watch.ChangeKind.FOREIGN));
    }
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
