package io.vrouter.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.netlink.lab.Sources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code SECURITY.md}: each test that it names exists, and each finding has a row. */
class SecurityDocumentTest {
  private static final Pattern TEST = Pattern.compile("`([A-Z]\\w*(?:Test|IT))`");
  private static final List<String> MODULES = List.of("netlink", "membership", "mesh-daemon");

  private final String document = Files.readString(Sources.ROOT.resolve("SECURITY.md"));

  SecurityDocumentTest() throws IOException {}

  @Test
  void everyNamedTestExists() throws IOException {
    Set<String> there = new TreeSet<>();
    for (String module : MODULES) {
      try (Stream<Path> files = Files.walk(Sources.ROOT.resolve(module).resolve("src/test/java"))) {
        there.addAll(
            files
                .map(file -> file.getFileName().toString().replaceFirst("\\.java$", ""))
                .collect(Collectors.toSet()));
      }
    }
    Set<String> named = new TreeSet<>();
    Matcher matcher = TEST.matcher(document);
    while (matcher.find()) {
      named.add(matcher.group(1));
    }
    assertThat(named).hasSizeGreaterThan(40);
    assertThat(there).containsAll(named);
  }

  @Test
  void everyFindingHasARow() {
    for (String[] kind : new String[][] {{"C", "4"}, {"H", "8"}, {"M", "16"}, {"L", "12"}}) {
      for (int i = 1; i <= Integer.parseInt(kind[1]); i++) {
        assertThat(document).containsOnlyOnce("\n| " + kind[0] + i + " ");
      }
    }
  }
}
