package io.vrouter.netlink.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.vrouter.netlink.Monitor;
import io.vrouter.netlink.MonitorEvent;
import io.vrouter.netlink.NetlinkException;
import io.vrouter.netlink.Nftables;
import io.vrouter.netlink.RtNetlink;
import io.vrouter.netlink.lab.Space;
import io.vrouter.netlink.route.FdbEntry;
import io.vrouter.netlink.route.FdbRequests;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.route.LinkInfo;
import io.vrouter.netlink.route.LinkRequests;
import io.vrouter.netlink.route.MacAddress;
import io.vrouter.netlink.route.Vxlan;
import io.vrouter.netlink.wire.Errno;
import io.vrouter.netlink.wire.Netlink;
import io.vrouter.netlink.wire.Request;
import io.vrouter.netlink.wire.Rtnetlink;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sockets of the running kernel: namespaces, closing, losing messages. */
class KernelSocketTest {
  private final Space netns = Space.bare();

  @AfterEach
  void close() {
    netns.close();
  }

  @Test
  void aSocketStaysInItsNamespaceAndTheThreadInItsOwn() {
    netns.ok("ip", "link", "add", "only-there", "type", "bridge");
    try (RtNetlink there = RtNetlink.open(netns.netns());
        RtNetlink here = RtNetlink.open()) {
      assertThat(there.links().entries()).extracting(Link::name).contains("only-there");
      assertThat(here.link("only-there")).isEmpty();
    }
  }

  @Test
  void aNamespaceThatIsNotThereIsNamed() {
    assertThatExceptionOfType(NetlinkException.class)
        .isThrownBy(() -> RtNetlink.open(Path.of("/var/run/netns/nl-none")))
        .withMessageContaining("/var/run/netns/nl-none")
        .withMessageContaining("ENOENT");
  }

  @Test
  void closingEndsAReceiveThatWaits() {
    KernelSocket socket =
        KernelSocket.open(
            netns.netns(), Netlink.NETLINK_ROUTE, 65_536, Rtnetlink.RTNLGRP_IPV6_ROUTE);
    CompletableFuture<NetlinkSocket.Received> waiting = new CompletableFuture<>();
    Thread reader =
        new Thread(() -> waiting.complete(socket.receive(Duration.ofHours(1))), "reader");
    reader.start();
    Awaitility.await().until(() -> reader.getState() == Thread.State.RUNNABLE);
    socket.close();
    socket.close();
    Awaitility.await().until(waiting::isDone);
    assertThat(waiting.join()).isInstanceOf(NetlinkSocket.Received.Closed.class);
    assertThatExceptionOfType(SyscallException.class)
        .isThrownBy(() -> socket.send(ByteBuffer.allocate(16)))
        .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EBADF));
  }

  @Test
  void aListenerThatDoesNotKeepUpIsTold() throws Exception {
    try (RtNetlink netlink = RtNetlink.open(netns.netns());
        KernelSocket slow =
            KernelSocket.open(netns.netns(), Netlink.NETLINK_ROUTE, 4096, Rtnetlink.RTNLGRP_NEIGH);
        Monitor monitor = Monitor.over(slow)) {
      int dev = vxlan(netlink);
      assertThat(netlink.batch(entries(dev, 500))).allMatch(io.vrouter.netlink.Outcome::ok);
      Awaitility.await()
          .until(() -> monitor.await(Duration.ZERO).contains(new MonitorEvent.Overrun()));
    }
  }

  @Test
  void aMonitorOfTheDaemonsSizeKeepsUpWithTenThousandChanges() throws Exception {
    try (RtNetlink netlink = RtNetlink.open(netns.netns());
        Monitor monitor = Monitor.open(netns.netns())) {
      int dev = vxlan(netlink);
      netlink.batch(entries(dev, 10_000));
      long seen = 0;
      List<MonitorEvent> events;
      do {
        events = monitor.await(Duration.ZERO);
        assertThat(events).doesNotContain(new MonitorEvent.Overrun());
        seen += events.stream().filter(MonitorEvent.FdbEvent.class::isInstance).count();
      } while (!events.isEmpty());
      assertThat(seen).isEqualTo(10_000);
    }
  }

  @Test
  void otherProtocolsAreHeardOfToo() {
    try (Monitor monitor =
        Netns.call(
            netns.netns(),
            () -> Monitor.open(Netlink.NETLINK_NETFILTER, List.of(Monitor.NFNLGRP_NFTABLES)))) {
      netns.ok("nft", "add", "table", "inet", "t");
      assertThat(monitor.await(Duration.ofSeconds(5)))
          .isNotEmpty()
          .allMatch(MonitorEvent.TableEvent.class::isInstance);
    }
  }

  private static int vxlan(RtNetlink netlink) throws Exception {
    Vxlan vxlan = Vxlan.of(1, InetAddress.getByName("192.0.2.1"), 4789);
    netlink.request(LinkRequests.create("vx0", LinkInfo.of(vxlan), 1450, null));
    return netlink.link("vx0").orElseThrow().index();
  }

  private static List<Request> entries(int dev, int count) throws Exception {
    InetAddress peer = InetAddress.getByName("192.0.2.2");
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                FdbRequests.replace(
                    FdbEntry.permanent(dev, new MacAddress(0x0200_0000_0000L + i), peer)))
        .toList();
  }

  @Test
  void aSocketThatIsOpenedAgainTakesNoNewBuffers() {
    try (Nftables first = Nftables.open(netns.netns())) {
      int generation = first.generation();
      long before = directMemory();
      for (int i = 0; i < 50; i++) {
        try (Nftables again = Nftables.open(netns.netns())) {
          assertThat(again.generation()).isEqualTo(generation);
        }
      }
      // 96 KiB a socket before; the few octets of each system call remain.
      assertThat(directMemory() - before).isLessThan(50 * 1024);
    }
  }

  private static long directMemory() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }
}
