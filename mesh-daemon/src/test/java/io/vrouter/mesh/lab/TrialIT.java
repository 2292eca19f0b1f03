package io.vrouter.mesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vrouter.netlink.lab.Output;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code meshctl test} on three hosts with ten networks, whole and with a fault. */
@Tag("lab")
class TrialIT {
  @RegisterExtension final Lab lab = new Lab();

  @Test
  void theAcceptanceOfThreeHostsPassesAndFindsAFault() {
    List<Host> hosts = lab.three();
    for (int i = 0; i < 7; i++) {
      hosts.get(i % 3).stack("172.%d.0.0/16".formatted(23 + i));
    }
    hosts.forEach(Host::start);
    lab.awaitMesh(hosts);
    // A bridge that no daemon was given: nobody in the mesh may reach it.
    hosts.get(2).stack("172.20.0.0/16");

    Output passed = hosts.get(0).ctl("test", "--speed");
    assertThat(passed.exit()).as(passed.toString()).isZero();
    assertThat(passed.stdout()).startsWith("PASSED: 3 pairs of hosts, 33 of networks");
    JsonNode report = hosts.get(1).json("test");
    assertThat(report.path("ok").asBoolean()).isTrue();
    for (JsonNode pair : report.path("pairs")) {
      assertThat(pair.path("octets").asInt()).isEqualTo(1450);
      assertThat(pair.path("rttMicros").asInt()).isPositive();
    }

    Host two = hosts.get(1);
    two.space().ok("nft", "add table inet wall");
    two.space().ok("nft", "add chain inet wall in { type filter hook input priority -200; }");
    two.space()
        .ok("nft", "add rule inet wall in ip saddr " + hosts.get(2).stack().subnet() + " drop");
    Output failed = hosts.get(0).ctl("test");
    assertThat(failed.exit()).as(failed.toString()).isEqualTo(1);
    assertThat(failed.stdout())
        .contains("no packet of", "the other direction works", "FAILED: 1 of 3 pairs");
    assertThat(failed.stderr()).contains("meshctl report");
    two.space().ok("nft", "delete table inet wall");
    assertThat(hosts.get(2).ctl("test").exit()).isZero();
  }
}
