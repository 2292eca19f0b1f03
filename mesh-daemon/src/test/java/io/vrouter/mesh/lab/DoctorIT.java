package io.vrouter.mesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vrouter.netlink.lab.Await;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Faults that {@code meshctl doctor} finds, and what it prints against them. */
@Tag("lab")
class DoctorIT {
  @RegisterExtension final Lab lab = new Lab();

  @Test
  void anAddressOfAnotherProgramIsFoundAndThePrintedFixRemovesIt() {
    Host host = lab.host(1);
    host.stack("172.30.0.0/16");
    host.start();
    host.awaitAnswer();
    Await.until("the device is up", () -> result(host).equals("pass"));

    host.space().ok("ip", "address", "add", "169.254.7.7/16", "dev", Kernel.DEVICE);
    Await.until("it is found", () -> result(host).equals("warn"));
    JsonNode check = check(host);
    assertThat(check.path("message").asText()).contains("169.254.7.7 on vxlan1000");
    String fix = check.path("fix").asText();
    String command = fix.substring(0, fix.indexOf(';'));
    assertThat(command).isEqualTo("ip address del 169.254.7.7/16 dev vxlan1000");
    host.space().ok(command.split(" "));
    Await.until("it is gone", () -> result(host).equals("pass"));
  }

  private static String result(Host host) {
    return check(host).path("result").asText();
  }

  private static JsonNode check(Host host) {
    for (JsonNode check :
        io.vrouter.netlink.lab.Space.parse(host.ctl("doctor", "-o", "json").stdout())
            .path("checks")) {
      if (check.path("id").asText().equals("device-addresses")) {
        return check;
      }
    }
    throw new AssertionError("doctor has no such check");
  }
}
