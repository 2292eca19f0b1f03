package io.vrouter.mesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vrouter.netlink.lab.Await;
import io.vrouter.netlink.lab.Child;
import io.vrouter.netlink.lab.Output;
import io.vrouter.netlink.lab.Space;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The daemon runs whatever is missing, names it, and joins when it comes. */
@Tag("lab")
class WaitingIT {
  private static final String STATE = "/var/lib/vrouter";

  @RegisterExtension final Lab lab = new Lab();

  @Test
  void anAddressThatComesLater() {
    Host host = lab.host(1);
    Host other = lab.host(2);
    other.start();
    other.awaitAnswer();
    host.space().ok("ip", "addr", "flush", "dev", "eth0");
    Child daemon = host.start();
    awaitProblem(host, "underlay");
    Output members = host.ctl("members");
    assertThat(members.exit()).isEqualTo(1);
    assertThat(members.stderr()).contains("underlay");

    host.space().ok("ip", "addr", "add", host.underlay() + "/24", "dev", "eth0");

    Await.until("it is a member", () -> other.statusOf(host).equals("alive"));
    assertThat(daemon.alive()).isTrue();
    host.awaitAnswer();
  }

  @Test
  void aStateDirectoryThatCantBeWritten() {
    Host host = lab.host(1);
    host.space().ok("mkdir", STATE);
    host.space().ok("mount", "-t", "tmpfs", "-o", "ro,mode=700", "none", STATE);
    host.start();
    awaitProblem(host, "state-dir");

    host.space().ok("mount", "-o", "remount,rw,mode=700", STATE);

    host.awaitAnswer();
  }

  @Test
  void anHttpAddressThatIsTaken() {
    Host host = lab.host(1);
    Child holder =
        lab.closing(
            host.launch(
                Map.of(),
                List.of("java", "-cp", Lab.classPath(), TcpHolder.class.getName(), "7979")));
    Await.until("the port is held", () -> holder.said().contains("holding 7979"));
    host.start();
    awaitProblem(host, "http-address");
    assertThat(host.ctl("members").exit()).as("it is in the mesh nevertheless").isZero();

    holder.kill();

    Await.until("nothing is amiss", () -> codes(host.status()).isEmpty());
  }

  @Test
  void aSignalWhileItWaitsEndsIt() {
    Host host = lab.host(1);
    host.space().ok("ip", "addr", "flush", "dev", "eth0");
    host.start();
    awaitProblem(host, "underlay");
    assertThat(host.stop()).isZero();
  }

  private static void awaitProblem(Host host, String code) {
    Await.until(
        "status tells " + code,
        () -> {
          Output status = host.ctl("-o", "json", "status");
          return status.exit() == 1 && codes(Space.parse(status.stdout())).contains(code);
        });
  }

  private static List<String> codes(JsonNode status) {
    return status.path("problems").findValuesAsText("code");
  }
}
