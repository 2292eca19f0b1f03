package io.vrouter.mesh.firewall;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.Addresses;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vni;
import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.mesh.plan.FirewallPolicy.Remote;
import io.vrouter.mesh.plan.FirewallPolicy.Zone;
import io.vrouter.netlink.Conntrack;
import io.vrouter.netlink.lab.Space;
import io.vrouter.netlink.route.MacAddress;
import io.vrouter.netlink.socket.Netns;
import io.vrouter.netlink.wire.Family;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A host that tracks 100,000 connections, most of them masqueraded. */
class ManyConnectionsTest {
  private static final int EACH = 50_000;

  private final Space host = Space.create();
  private final Path netns = Path.of("/proc/" + host.pid() + "/ns/net");

  @AfterEach
  void close() {
    host.close();
  }

  @Test
  void onlyTheMeshsAreDeletedAndTheCallerGoesOn() {
    host.nft(
        """
        table ip nat {
          chain post {
            type nat hook postrouting priority 100;
            ip daddr 127.31.0.0/16 snat to 127.0.0.9
            ip daddr 127.99.0.0/16 snat to 127.0.0.9
          }
        }
        """);
    send("127.31.0.2");
    send("127.99.0.2");
    assertThat(count("127.31.0.2")).isEqualTo(EACH);
    assertThat(count("127.99.0.2")).isEqualTo(EACH);

    Deque<Runnable> thread = new ArrayDeque<>();
    StaleConnections connections = new StaleConnections(() -> Conntrack.open(netns), thread::add);
    FirewallPolicy none = policy(Set.of());
    FirewallPolicy peers = policy(Set.of(peer("127.31.0.0/16")));
    connections.forget(peers, peers);
    thread.remove().run();
    assertThat(count("127.31.0.2")).as("nothing new").isEqualTo(EACH);

    connections.forget(peers, none);
    connections.forget(peers, peers);
    assertThat(thread).as("joined; the caller goes on").hasSize(1);
    thread.remove().run();
    assertThat(connections.problem()).isEmpty();
    assertThat(count("127.31.0.2")).isZero();
    assertThat(count("127.99.0.2")).isEqualTo(EACH);
  }

  @Test
  void fourThousandPrefixesCostNoMoreThanOne() {
    Set<Remote> peers = new HashSet<>();
    for (int i = 0; i < 4000; i++) {
      peers.add(peer("10.%d.%d.0/24".formatted(i / 250, i % 250)));
    }
    Reach reach = Reach.of(policy(peers), null);
    InetAddress source = Addresses.parse("127.0.0.1");
    assertThat(reach.covers(source, Addresses.parse("10.15.249.7"))).isTrue();
    InetAddress elsewhere = Addresses.parse("10.16.0.1");
    int covered = 0;
    for (int i = 0; i < 100_000; i++) {
      covered += reach.covers(source, elsewhere) ? 1 : 0;
    }
    assertThat(covered).isZero();
  }

  private static FirewallPolicy policy(Set<Remote> peers) {
    Zone zone =
        new Zone(
            new Vni(1000),
            Prefix.parse("10.1.1.0/24"),
            Set.of(),
            Set.of(MeshLab.network("127.0.0.0/24", "lo", "127.0.0.1")),
            peers);
    return new FirewallPolicy(4789, 7952, Set.of(zone), Set.of());
  }

  private static Remote peer(String prefix) {
    return new Remote(
        MacAddress.parse("02:00:00:00:00:0b"),
        Addresses.parse("192.0.2.2"),
        Set.of(),
        MeshLab.prefixes(prefix),
        Set.of());
  }

  private void send(String address) {
    int sent =
        Netns.call(
            netns,
            () -> {
              InetAddress to = Addresses.parse(address);
              try (DatagramSocket socket = new DatagramSocket(0, Addresses.parse("127.0.0.1"))) {
                for (int port = 1; port <= EACH; port++) {
                  socket.send(new DatagramPacket(new byte[1], 1, to, port));
                }
              }
              return EACH;
            });
    assertThat(sent).isEqualTo(EACH);
  }

  private int count(String destination) {
    InetAddress wanted = Addresses.parse(destination);
    AtomicInteger count = new AtomicInteger();
    try (Conntrack conntrack = Conntrack.open(netns)) {
      assertThat(
              conntrack.forEach(
                  Family.AF_INET,
                  0,
                  entry -> {
                    if (entry.destination().equals(wanted)) {
                      count.incrementAndGet();
                    }
                  }))
          .isFalse();
    }
    return count.get();
  }
}
