package io.vrouter.mesh.firewall;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CommandTest {
  /** The daemon's own environment may hold the mesh's token. */
  @Test
  void aProgramGetsAnEnvironmentOfItsOwn() throws Command.NotRun {
    assertThat(System.getenv()).as("what could be passed on").hasSizeGreaterThan(2);
    Command.CommandResult outcome = Command.run(List.of("env"), "");
    assertThat(outcome.output().lines().map(line -> line.replaceFirst("=.*", "")))
        .containsExactlyInAnyOrder("PATH", "LC_ALL");
  }
}
