package io.vrouter.mesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.netlink.lab.Await;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The programs of the firewall hang: routes and repairs go on. */
@Tag("lab")
class HungToolsIT {
  private static final String TOOLS = "/run/tools";
  private static final String HANG = TOOLS + "/hang";

  @RegisterExtension final Lab lab = new Lab();

  @Test
  void anNftThatHangsHoldsNoRouteUp() {
    List<Host> hosts = lab.three();
    Host one = hosts.get(0);
    Host late = hosts.get(2);
    one.write(
        TOOLS + "/nft",
        """
        #!/bin/sh
        [ -e %s ] && exec sleep 100
        exec /usr/sbin/nft "$@"
        """
            .formatted(HANG));
    one.space().ok("chmod", "755", TOOLS + "/nft");
    one.start(Map.of("MESH_TOKEN", lab.token(), "PATH", "/run/tools:" + System.getenv("PATH")));
    hosts.get(1).start();
    lab.awaitMesh(hosts.subList(0, 2));

    one.write(HANG, "");
    one.space().nft("flush chain inet vrouter admit");
    Await.until("the write hangs", () -> said(one).contains("nft has not ended"));
    late.start();
    Await.until("another host's routes", () -> one.leadsTo(late));
    one.space().does("ip route del 172.31.0.0/16 proto 158");
    Await.until("a repair", () -> one.leadsTo(hosts.get(1)));
    late.ctl("leave").ok();
    Await.until("a removal", () -> one.forgot(late));
    assertThat(said(one)).contains("nft has not ended");

    one.space().ok("rm", HANG);
    Await.until("the chains are repaired", () -> one.ctl("status").exit() == 0);
    assertThat(one.stack().container().pings(hosts.get(1).stack().address())).isTrue();
  }

  /** At a first start nothing is opened before the firewall stands. */
  @Test
  void noWayIsOpenedWhileTheFirstTableIsNotThere() {
    Host one = lab.host(1);
    one.stack("172.30.0.0/16");
    one.write(TOOLS + "/nft", "#!/bin/sh\nexec sleep 100\n");
    one.space().ok("chmod", "755", TOOLS + "/nft");
    one.start(Map.of("MESH_TOKEN", lab.token(), "PATH", "/run/tools:" + System.getenv("PATH")));
    Await.until("the write hangs", () -> said(one).contains("no way is opened"));
    assertThat(one.space().ok("ip", "link", "show", "type", "vxlan")).isEmpty();
    assertThat(one.space().ok("ip", "route", "show", "proto", "158")).isEmpty();
  }

  private static String said(Host host) {
    return host.ctl("status").stdout();
  }
}
