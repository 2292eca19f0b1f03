package io.vrouter.mesh.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What docs/reference holds is what the program has. */
class ReferencesTest {
  @ParameterizedTest
  @ValueSource(strings = {"configuration", "commands"})
  void theCommittedReferenceIsTheProgramsOwn(String name) throws IOException {
    String made = name.equals("commands") ? References.commands() : References.configuration();
    Path fresh = Path.of("target/reference").resolve(name + ".md");
    Files.createDirectories(fresh.getParent());
    Files.writeString(fresh, made);
    Path committed = Path.of("../docs/reference").resolve(name + ".md");
    assertThat(Files.exists(committed) ? Files.readString(committed) : "")
        .as("another reference: cp mesh-daemon/%s docs/reference/".formatted(fresh))
        .isEqualTo(made);
  }
}
