package io.vrouter.mesh.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vrouter.membership.Addresses;
import io.vrouter.mesh.host.HostFacts.Holder;
import io.vrouter.mesh.host.HostFacts.UdpSocket;
import io.vrouter.netlink.RtNetlink;
import io.vrouter.netlink.lab.Space;
import io.vrouter.netlink.socket.Netns;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostFactsReaderTest {
  @Test
  void readsTheRunningSystem() throws Exception {
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      HostFacts facts = new HostFactsReader().read(Set.of(socket.getLocalPort()), List.of());
      assertThat(facts.release())
          .isEqualTo(Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip());
      assertThat(facts.version()).startsWith("Linux version");
      assertThat(Preflight.netAdmin(facts)).isEmpty();
      assertThat(facts.nft()).isTrue();
      assertThat(facts.sockets())
          .filteredOn(one -> one.port() == socket.getLocalPort())
          .singleElement()
          .satisfies(
              one -> {
                assertThat(one.local()).isEqualTo(InetAddress.getLoopbackAddress());
                assertThat(one.holder())
                    .isEqualTo(
                        new Holder(
                            ProcessHandle.current().pid(),
                            comm(),
                            System.getProperty("user.name")));
              });
    }
  }

  private static String comm() {
    try {
      return Files.readString(Path.of("/proc/self/comm")).strip();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void tellsTheKernelsTunnelSocketFromAProcesss() throws Exception {
    try (Space host = Space.create()) {
      host.ip(
          "addr add 10.0.0.1/24 dev lo",
          "link add vxlan5 type vxlan id 5 dstport 4788 local 10.0.0.1",
          "link set vxlan5 up");
      Path netns = host.netns();
      HostFacts facts =
          Netns.call(
              netns,
              () -> {
                try (RtNetlink netlink = RtNetlink.open();
                    DatagramSocket squatter =
                        new DatagramSocket(4790, Addresses.parse("10.0.0.1"));
                    DatagramSocket ipv6 = new DatagramSocket(4791, Addresses.parse("::1"))) {
                  assertThat(squatter.isBound() && ipv6.isBound()).isTrue();
                  return new HostFactsReader()
                      .read(Set.of(4788, 4790, 4791), netlink.links().entries());
                }
              });
      assertThat(facts.tunnelPorts()).containsExactly(4788);
      assertThat(facts.sockets()).extracting(UdpSocket::port).contains(4788, 4790, 4791);
      assertThat(Preflight.vxlanPort(facts, 4788)).isEmpty();
      assertThat(Preflight.vxlanPort(facts, 4790).orElseThrow().message())
          .contains("process " + ProcessHandle.current().pid());
      assertThat(facts.sockets())
          .filteredOn(socket -> socket.port() == 4791)
          .singleElement()
          .satisfies(socket -> assertThat(socket.local()).isInstanceOf(Inet6Address.class))
          .satisfies(socket -> assertThat(socket.local().isLoopbackAddress()).isTrue());
    }
  }

  /** As Docker Swarm does it: the socket stays where the device was made, of no process. */
  @Test
  void theSocketOfADeviceThatMovedAwayIsTheKernels() {
    try (Space host = Space.create();
        Space elsewhere = Space.create()) {
      host.ip(
          "link add vx type vxlan id 7 dstport 4789",
          "link set vx up",
          "link set vx netns " + elsewhere.pid());
      elsewhere.ip("link set vx up");
      HostFacts facts = read(host, 4789);
      assertThat(facts.tunnelPorts()).isEmpty();
      assertThat(facts.sockets())
          .filteredOn(socket -> socket.port() == 4789)
          .isNotEmpty()
          .allSatisfy(socket -> assertThat(socket.holder()).isNull())
          .allSatisfy(socket -> assertThat(socket.uid()).isZero());
      HostFacts inAContainer =
          new HostFacts(
              facts.release(),
              facts.version(),
              facts.capabilities(),
              true,
              facts.sockets(),
              Set.of());
      assertThat(Preflight.vxlanPort(inAContainer, 4789)).isEmpty();
      host.ip(
          "addr add 10.0.0.1/24 dev lo",
          "link add vxlan5 type vxlan id 5 dstport 4789 local 10.0.0.1",
          "link set vxlan5 up");
    }
  }

  @Test
  void namesTheDevicesThatShareTheirPortWithNone() {
    try (Space host = Space.create()) {
      host.ip(
          "link add ext type vxlan external dstport 4788",
          "link add policy type vxlan id 6 gbp dstport 4787",
          "link add plain type vxlan id 7 dstport 4786");
      assertThat(read(host, 4788).exclusive())
          .isEqualTo(Map.of(4788, "device ext (external)", 4787, "device policy (gbp)"));
    }
  }

  private static HostFacts read(Space host, int port) {
    return Netns.call(
        Path.of("/proc/" + host.pid() + "/ns/net"),
        () -> {
          try (RtNetlink netlink = RtNetlink.open()) {
            return new HostFactsReader().read(Set.of(port), netlink.links().entries());
          }
        });
  }

  @Test
  void readsAnotherProc(@TempDir Path proc) throws IOException {
    Files.createDirectories(proc.resolve("sys/kernel"));
    Files.createDirectories(proc.resolve("self"));
    Files.writeString(proc.resolve("sys/kernel/osrelease"), "5.15.1-microsoft-standard-WSL2\n");
    Files.writeString(proc.resolve("version"), "Linux version 5.15.1\n");
    Files.writeString(proc.resolve("self/status"), "Name:\tx\nCapEff:\t0000000000000400\n");
    HostFacts facts = new HostFactsReader(proc, proc + ":").read(Set.of(1), List.of());
    assertThat(facts)
        .isEqualTo(
            new HostFacts(
                "5.15.1-microsoft-standard-WSL2",
                "Linux version 5.15.1",
                0x400,
                false,
                List.of(),
                Set.of()));
    Files.writeString(proc.resolve("self/status"), "Name:\tx\n");
    assertThatThrownBy(() -> new HostFactsReader(proc, "").read(Set.of(), List.of()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("CapEff");
  }
}
