package io.vrouter.mesh.host;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {
  @TempDir Path root;

  @Test
  void writesReadsAndReplaces() throws IOException {
    AtomicFiles files = new AtomicFiles(root.resolve("a/b"));
    assertThat(files.read("x")).isEmpty();
    files.write("x", "one".getBytes(UTF_8));
    files.write("x", "two".getBytes(UTF_8));
    assertThat(files.read("x").map(octets -> new String(octets, UTF_8))).contains("two");
    try (var all = Files.list(root.resolve("a/b"))) {
      assertThat(all).containsExactly(files.path("x"));
    }
  }

  @Test
  void nobodyElseMayRead() throws IOException {
    AtomicFiles files = new AtomicFiles(root.resolve("d"));
    // Left by a crash, readable by all.
    Files.writeString(root.resolve("d/x.tmp"), "old");
    files.write("x", new byte[] {1});
    assertThat(mode(root.resolve("d"))).isEqualTo("rwx------");
    assertThat(mode(files.path("x"))).isEqualTo("rw-------");
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void setsAside() throws IOException {
    AtomicFiles files = new AtomicFiles(root);
    for (String content : new String[] {"bad", "worse"}) {
      files.write("x", content.getBytes(UTF_8));
      Path aside = files.setAside("x");
      assertThat(files.read("x")).isEmpty();
      assertThat(aside).hasContent(content);
    }
  }

  @Test
  void namesTheFileThatCantBeWritten() throws IOException {
    AtomicFiles files = new AtomicFiles(root.resolve("gone"));
    Files.delete(root.resolve("gone"));
    assertThatThrownBy(() -> files.write("x", new byte[0]))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("gone/x");
    Files.writeString(root.resolve("file"), "");
    assertThatThrownBy(() -> new AtomicFiles(root.resolve("file")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("file");
  }
}
