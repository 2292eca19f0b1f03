package io.vrouter.mesh.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.netlink.RtNetlink;
import io.vrouter.netlink.lab.Space;
import io.vrouter.netlink.route.Route;
import io.vrouter.netlink.socket.Netns;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class KernelLookTest {
  /** A router may have a full table: what is not decided by is not kept. */
  @Test
  void keepsTheDefaultRoutesOfTheMainTableAlone() {
    try (Space host = Space.create()) {
      List<String> lines = new ArrayList<>();
      lines.add("link add wan type bridge");
      lines.add("link set wan up");
      lines.add("addr add 192.0.2.7/24 dev wan");
      lines.add("route add default via 192.0.2.1");
      lines.add("route add default via 192.0.2.2 metric 50");
      lines.add("route add default via 192.0.2.3 table 77");
      for (int i = 0; i < 100; i++) {
        for (int j = 0; j < 200; j++) {
          lines.add("route add blackhole 10." + i + "." + j + ".0/24");
        }
      }
      host.ip(lines.toArray(String[]::new));
      KernelLook look =
          Netns.call(
              Path.of("/proc/" + host.pid() + "/ns/net"),
              () -> {
                try (RtNetlink netlink = RtNetlink.open()) {
                  return KernelLook.now(netlink);
                }
              });
      assertThat(look.routes())
          .allMatch(route -> route.prefixLength() == 0)
          .extracting(Route::metric)
          .containsExactlyInAnyOrder(0, 50);
      assertThat(look.addresses()).hasSizeGreaterThanOrEqualTo(1);
    }
  }
}
