package io.vrouter.mesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.netlink.lab.Await;
import io.vrouter.netlink.lab.Child;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Links, addresses, FDB, neighbours and routes are set by rtnetlink, not by starting programs. */
@Tag("lab")
class ProcessesIT {
  private static final Pattern EXECUTED =
      Pattern.compile("execve(?:at)?\\(\"(?:[^\"]*/)?([^\"/]+)\"");

  @RegisterExtension final Lab lab = new Lab();

  @Test
  void noProgramIsStartedButNft() {
    Host traced = lab.host(1);
    Host peer = lab.host(2);
    traced.stack("172.30.0.0/16");
    peer.stack("172.31.0.0/16");
    Path trace = lab.log("execve");
    Child daemon =
        lab.closing(
            traced.launch(
                Map.of("MESH_TOKEN", lab.token()),
                List.of(
                    "strace",
                    "-D",
                    "-f",
                    "-qq",
                    "-e",
                    "trace=execve,execveat",
                    "-o",
                    trace.toString(),
                    Lab.MESHD.toString(),
                    "run",
                    "--subnet",
                    traced.stack().subnet())));
    peer.start();
    lab.awaitMesh(List.of(traced, peer));
    peer.stop();
    Await.until("the peer's entries are gone", () -> traced.forgot(peer));
    daemon.signal("TERM");
    daemon.awaitExit();

    assertThat(programsStartedByJava(Lab.read(trace))).isSubsetOf("nft", "jspawnhelper");
  }

  /** What came after the launcher has become the JVM. */
  private static Set<String> programsStartedByJava(String trace) {
    Set<String> programs = new TreeSet<>();
    boolean running = false;
    for (String line : trace.lines().toList()) {
      Matcher executed = EXECUTED.matcher(line);
      if (executed.find()) {
        if (running) {
          programs.add(executed.group(1));
        }
        running = running || executed.group(1).equals("java");
      }
    }
    assertThat(running).as("the trace shows the JVM").isTrue();
    return programs;
  }
}
