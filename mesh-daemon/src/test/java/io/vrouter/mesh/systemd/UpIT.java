package io.vrouter.mesh.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.netlink.lab.Await;
import io.vrouter.netlink.lab.Output;
import io.vrouter.netlink.lab.Stack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A newcomer's two hosts, from the package to a mesh. */
@Tag("systemd")
class UpIT {
  @RegisterExtension static final SystemdLab LAB = new SystemdLab();

  @Test
  void aPackageATokenAndOneCommandMakeAMember() throws IOException {
    SystemdHost one = LAB.unconfigured(1);
    SystemdHost two = LAB.unconfigured(2);
    List<SystemdHost> hosts = List.of(one, two);
    SystemdLab.everywhere(hosts, SystemdHost::boot);
    Stack first = one.stack();

    Output unasked = one.run("meshctl", "up");
    assertThat(unasked.exit()).isEqualTo(2);
    assertThat(unasked.stderr()).contains("--token-file", "--new");

    Output made = one.run("meshctl", "up", "--new", "--subnet", first.subnet()).ok();
    assertThat(made.stdout()).startsWith("healthy");
    assertThat(made.stderr()).contains("meshctl up --token-file");
    String token = Files.readString(one.path("/etc/vrouter/token")).strip();
    assertThat(made.said()).doesNotContain(token);
    assertThat(one.ok("stat", "-c", "%a", "/etc/vrouter/token")).isEqualTo("600");
    assertThat(one.ok("systemctl", "is-enabled", "meshd")).isEqualTo("enabled");

    Files.copy(
        one.path("/etc/vrouter/token"),
        two.path("/root/token"),
        StandardCopyOption.REPLACE_EXISTING);
    two.run("meshctl", "up", "--token-file", "/root/token", "--subnet", two.stack().subnet()).ok();

    SystemdLab.everywhere(hosts, host -> host.awaitMembers(2));
    LAB.ping(one, two).stop();
    Output again = two.run("meshctl", "up", "--new");
    assertThat(again.exit()).isEqualTo(1);
    assertThat(again.stderr()).contains("nothing was changed");
    assertThat(two.run("meshctl", "up").exit()).isZero();
    two.reboot();
    Await.until(
        "it is up after a reboot",
        () -> two.run("meshctl", "wait", "--members", "2", "--timeout", "5s").exit() == 0);
  }
}
