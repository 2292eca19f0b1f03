package io.vrouter.mesh.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.mesh.control.MemoryMesh;
import io.vrouter.mesh.control.TestReport;
import java.util.List;
import org.junit.jupiter.api.Test;

class TestCommandTest {
  private static final TestReport.Pair GOOD =
      new TestReport.Pair("alon", "tera", true, 4, 2, 1450, 180, 940_000_000L, 0, List.of());
  private static final TestReport.Pair BAD =
      new TestReport.Pair(
          "alon",
          "r<og",
          false,
          2,
          1,
          1450,
          null,
          null,
          2,
          List.of(
              new TestReport.FailedPair("web 172.22.0.0/16", "db", "no packet", "look \u001b[2J")));

  private final MemoryMesh mesh = new MemoryMesh();

  @Test
  void aGoodMeshPasses() throws Exception {
    mesh.report = new TestReport(List.of(GOOD));
    Run run = Run.of(mesh, "test", "--speed");
    assertThat(run)
        .isEqualTo(
            new Run(
                0,
                "PASSED: 1 pair of hosts, 4 of networks connected both ways, 2 kept apart\n",
                """
                trying every pair of hosts
                  alon and tera: ok, 4 connected, 2 apart, 1450 octets, 180 µs, 940 Mbit/s
                """));
    assertThat(mesh.calls).containsExactly("test speed");
    assertThat(Run.of(mesh, "test", "-o", "json").out())
        .contains("\"ok\" : true", "\"rttMicros\" : 180");
  }

  @Test
  void aFailedPairHasCauseAndCommand() throws Exception {
    mesh.report = new TestReport(List.of(GOOD, BAD));
    Run run = Run.of(mesh, "test");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out())
        .isEqualTo(
            """
            alon and r<og: 2 of 3 failed, 2 connected, 1 apart, 1450 octets
              web 172.22.0.0/16 and db: no packet
                fix: look ?[2J
              and 1 more
            FAILED: 1 of 2 pairs of hosts, 6 of networks connected both ways, 3 kept apart
            """);
    assertThat(run.err()).contains("meshctl report");
    assertThat(Run.of(mesh, "test", "-o", "junit").out())
        .contains("tests=\"2\" failures=\"1\"", "name=\"alon and r&lt;og\"", "look ?[2J</failure>");
    assertThat(Run.of(mesh, "status", "-o", "junit").exitCode()).isEqualTo(2);
    assertThat(Run.of(mesh, false, false, "test").exitCode()).isEqualTo(5);
  }
}
