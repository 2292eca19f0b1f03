package io.vrouter.netlink;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.netlink.lab.Space;
import io.vrouter.netlink.netfilter.ConntrackCodec;
import io.vrouter.netlink.netfilter.ConntrackEntry;
import io.vrouter.netlink.socket.Netns;
import io.vrouter.netlink.wire.Family;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** On the running kernel: the fake has no connections. */
class ConntrackTest {
  @Test
  void theKernelSendsConnectionsWithATranslatedSourceOnly() {
    try (Space netns = Space.bare()) {
      netns.ok("ip", "link", "set", "lo", "up");
      netns.ok("nft", "add table ip t");
      netns.ok("nft", "add chain ip t post { type nat hook postrouting priority 100; }");
      netns.ok("nft", "add rule ip t post ip daddr 127.0.0.2 snat to 127.0.0.9");
      Netns.call(
          netns.netns(),
          () -> {
            try (DatagramSocket socket = new DatagramSocket()) {
              for (int last = 2; last < 8; last++) {
                InetAddress to = InetAddress.getByName("127.0.0." + last);
                socket.send(new DatagramPacket(new byte[1], 1, to, 9));
              }
            }
            return true;
          });
      try (Conntrack conntrack = Conntrack.open(netns.netns())) {
        List<String> translated = new ArrayList<>();
        assertThat(
                conntrack.forEach(
                    Family.AF_INET,
                    ConntrackCodec.IPS_SRC_NAT,
                    entry -> translated.add(entry.destination().getHostAddress())))
            .isFalse();
        assertThat(translated).containsExactly("127.0.0.2");
        assertThat(conntrack.list(Family.AF_INET, 0, all -> true).entries())
            .hasSizeGreaterThanOrEqualTo(6)
            .filteredOn(ConntrackEntry::sourceTranslated)
            .extracting(entry -> entry.destination().getHostAddress())
            .containsExactly("127.0.0.2");
        assertThat(
                conntrack.list(
                    Family.AF_INET,
                    ConntrackCodec.IPS_SRC_NAT,
                    entry -> entry.destination().getHostAddress().equals("127.0.0.3")))
            .extracting(Dump::entries)
            .isEqualTo(List.of());
      }
    }
  }
}
