package io.vrouter.mesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.netlink.lab.Output;
import io.vrouter.netlink.lab.Spawner;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line of {@code ./mesh}. */
class MeshScriptTest {
  @Test
  void helpNamesEveryCommand() {
    Output help = mesh("--help").ok();
    assertThat(help.stdout()).contains("demo", "test", "build", "docs", "fmt", "bench");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "bogus",
        "demo --fast",
        "demo --keep --down",
        "test --slow",
        "test --fast --hosts",
        "package all",
        "build all",
        "fmt x",
        "docs x",
        "bench bogus"
      })
  void aWrongCommandIsAUsageError(String arguments) {
    Output refused = mesh(arguments.isEmpty() ? new String[0] : arguments.split(" ", -1));
    assertThat(refused.exit()).isEqualTo(2);
    assertThat(refused.stdout()).isEmpty();
    assertThat(refused.stderr()).containsAnyOf("allowed: ", "usage: ");
  }

  private static Output mesh(String... arguments) {
    List<String> command = new ArrayList<>(List.of(Lab.ROOT.resolve("mesh").toString()));
    command.addAll(List.of(arguments));
    return Spawner.run(Map.of(), command);
  }
}
