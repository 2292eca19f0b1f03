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
    Output late = host.ctl("wait", "--members", "1", "--timeout", "100ms");
    assertThat(late.exit()).isEqualTo(4);
    assertThat(late.stderr()).contains("0 of 1 members are alive", "not in the mesh", "fix: ");
    Child wait = lab.closing(host.launch(Map.of(), waitFor("2")));
    Await.until("it waits at the daemon's socket", () -> connections(host) > 0);

    host.space().ok("ip", "addr", "add", host.underlay() + "/24", "dev", "eth0");

    Await.until("it is a member", () -> other.statusOf(host).equals("alive"));
    assertThat(wait.awaitExit()).as("meshctl wait: %s", wait.said()).isZero();
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

  private static List<String> waitFor(String members) {
    return List.of(Lab.MESHCTL.toString(), "wait", "--members", members, "--timeout", "120s");
  }

  private static long connections(Host host) {
    String sockets = host.space().ok("ss", "-xH", "state", "connected");
    return sockets.lines().filter(line -> line.contains(Host.SOCKET)).count();
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
