package io.vrouter.mesh.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class UnitScoresTest {
  @Test
  void theUnitsOfTheTwoProcessesStayWithinTheirScores() throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/systemd-analyze")), "no systemd-analyze here");
    Process scores =
        new ProcessBuilder(Lab.ROOT.resolve("scripts/unit-scores").toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(scores.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(scores.waitFor()).as(said).isZero();
    assertThat(said.lines()).hasSize(2).allMatch(line -> line.endsWith(": ok"));
  }
}
