package io.vrouter.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Each problem that the program can print has a row in docs/troubleshooting.md. */
class ProblemCodesTest {
  private static final List<Path> CLASSES =
      List.of(
          classes(io.vrouter.mesh.model.Problem.class),
          classes(io.vrouter.membership.Membership.class));

  private static Path classes(Class<?> of) {
    try {
      Path at = Path.of(of.getProtectionDomain().getCodeSource().getLocation().toURI());
      // A module that is packaged already is its jar, beside the classes that it was made of.
      return Files.isDirectory(at) ? at : at.resolveSibling("classes");
    } catch (java.net.URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void everyCodeHasARow() throws IOException {
    Set<String> codes = ProblemCodes.of(CLASSES);
    assertThat(codes)
        .as("codes made directly, by a wrapper, by a constant, by a lambda, by a return value")
        .hasSizeGreaterThan(110)
        .contains(
            "path-unreachable",
            "wrong-token",
            "underlay-mismatch",
            "agent-refused",
            "docker-label",
            "prefix-quota",
            "kernel-object-exists");
    Set<String> rows =
        ProblemCodes.documented(Files.readString(Path.of("../docs/troubleshooting.md")));
    Set<String> missing = new TreeSet<>(codes);
    missing.removeAll(rows);
    assertThat(missing).as("codes without a row").isEmpty();
    Set<String> stale = new TreeSet<>(rows);
    stale.removeAll(codes);
    assertThat(stale).as("rows without a code").isEmpty();
  }
}
