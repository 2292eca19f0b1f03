package io.vrouter.mesh.firewall;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CommandTest {
  /** The daemon's own may hold the token. */
  @Test
  void aProgramSeesOfTheEnvironmentThePathAlone() throws Exception {
    assertThat(System.getenv()).hasSizeGreaterThan(2);
    assertThat(Command.run(List.of("env"), "").output().lines())
        .allMatch(line -> line.startsWith("PATH=") || line.equals("LC_ALL=C"))
        .contains("LC_ALL=C");
  }
}
