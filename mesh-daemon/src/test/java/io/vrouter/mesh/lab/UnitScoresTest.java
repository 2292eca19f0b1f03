package io.vrouter.mesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** By systemd-analyze, of the tools that the lab needs. */
@Tag("lab")
class UnitScoresTest {
  @Test
  void theUnitsOfTheTwoProcessesStayWithinTheirScores() throws IOException, InterruptedException {
    Process scores =
        new ProcessBuilder(Lab.ROOT.resolve("scripts/unit-scores").toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(scores.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(scores.waitFor()).as(said).isZero();
    assertThat(said.lines()).hasSize(2).allMatch(line -> line.endsWith(": ok"));
  }
}
