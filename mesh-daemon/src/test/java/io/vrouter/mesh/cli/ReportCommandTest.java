package io.vrouter.mesh.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.crypto.MeshToken;
import io.vrouter.mesh.control.MemoryMaintenance;
import io.vrouter.mesh.control.MemoryMesh;
import io.vrouter.mesh.model.Problem;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A report, unpacked by the system's own tar. */
class ReportCommandTest {
  private final MemoryMesh mesh = new MemoryMesh();
  @TempDir Path directory;

  @Test
  void containsWhatAllCommandsSayAndNoSecret() throws Exception {
    String token = MeshToken.create("mesh", List.of(), new SecureRandom()).encode();
    mesh.peerName = "tera " + token;
    mesh.problems =
        List.of(new Problem("odd", "the secret is " + MemoryMaintenance.SECRET, "hide it"));
    Run run = Run.of(mesh, "report");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).isEmpty();
    Path archive = directory.resolve("report.tar.gz");
    Files.write(archive, run.bytes().toArray());
    Process tar =
        new ProcessBuilder("tar", "-xzvf", archive.toString(), "-C", directory.toString())
            .redirectErrorStream(true)
            .start();
    String names = new String(tar.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(tar.waitFor()).as(names).isZero();
    assertThat(names)
        .contains("status.txt", "members.json", "plan.txt", "config.txt", "kernel/links.txt");
    Path root = directory.resolve("vrouter-report");
    assertThat(Files.readString(root.resolve("status.txt")))
        .contains("UNHEALTHY", "odd", "exit code 1");
    try (var files = Files.walk(root)) {
      List<Path> all = files.filter(Files::isRegularFile).toList();
      assertThat(all).hasSizeGreaterThan(15);
      for (Path file : all) {
        assertThat(Files.readString(file))
            .as("%s", file)
            .isNotEmpty()
            .doesNotContain(token, MemoryMaintenance.SECRET);
      }
    }
    assertThat(Files.readString(root.resolve("members.txt"))).contains("vr1_(secret)");
    assertThat(Files.readString(root.resolve("kernel/links.txt"))).contains("(secret)");
  }

  @Test
  void isForWriters() throws Exception {
    Run run = Run.of(mesh, false, false, "report");
    assertThat(run.exitCode()).isEqualTo(5);
    assertThat(run.bytes().length()).isZero();
  }
}
