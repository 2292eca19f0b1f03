package io.vrouter.mesh.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.mesh.model.Check;
import io.vrouter.mesh.model.Remedy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretFilesTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  @TempDir Path dir;

  private Path file(String name, String mode) throws Exception {
    Path file = Files.writeString(dir.resolve(name), "x");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    Files.setLastModifiedTime(file, FileTime.from(NOW));
    return file;
  }

  @Test
  void aKeyThatOthersCanReadFailsAndItsCommandClosesIt() throws Exception {
    file("state.json", "rw-r--r--");
    file("keys", "rw-------");
    assertThat(SecretFiles.readers(dir).result()).isEqualTo(Check.Result.PASS);
    Path identity = file("identity", "rw-r--r--");
    Check check = SecretFiles.readers(dir);
    assertThat(check.result()).isEqualTo(Check.Result.FAIL);
    assertThat(check.message()).contains(identity.toString()).doesNotContain("keys,");
    Remedy remedy = check.remedies().get(0);
    assertThat(remedy.ours()).isTrue();
    assertThat(new ProcessBuilder(remedy.words()).inheritIO().start().waitFor()).isZero();
    assertThat(SecretFiles.readers(dir).result()).isEqualTo(Check.Result.PASS);
  }

  @Test
  void aClockBehindTheFilesIsNamed() throws Exception {
    file("state.json", "rw-------");
    assertThat(SecretFiles.clock(dir, FileTime.from(NOW)).result()).isEqualTo(Check.Result.PASS);
    Check check = SecretFiles.clock(dir, FileTime.from(NOW.minusSeconds(86_400)));
    assertThat(check.result()).isEqualTo(Check.Result.WARN);
    assertThat(check.message()).contains("2026-01-01T03:04:05Z", "2026-01-02T03:04:05Z");
    assertThat(check.remedies()).isNotEmpty();
  }
}
