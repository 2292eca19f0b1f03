package io.vrouter.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrustedFileTest {
  private static final int NOBODY = 65_534;

  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void write() throws IOException {
    file = Files.writeString(directory.resolve("secret"), "topsecret");
    mode("rw-------");
  }

  private void mode(String mode) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-------", "rw-r--r--", "r--r-----"})
  void readsWhatOnlyItsOwnerWrites(String mode) throws IOException {
    mode(mode);
    assertThat(new String(TrustedFile.read(file, 9), StandardCharsets.UTF_8))
        .isEqualTo("topsecret");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw--w----", "rw-----w-", "rw-rw-rw-"})
  void refusesWhatOthersWrite(String mode) throws IOException {
    mode(mode);
    assertThatThrownBy(() -> TrustedFile.read(file, 99))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(mode)
        .hasMessageContaining("chmod go-w");
  }

  @Test
  void refusesTheFileOfAnotherUser() throws IOException {
    Files.setAttribute(file, "unix:uid", NOBODY);
    assertThatThrownBy(() -> TrustedFile.read(file, 99))
        .hasMessageContaining(Files.getOwner(file).getName());
  }

  @Test
  void followsNoLink() throws IOException {
    Path link = Files.createSymbolicLink(directory.resolve("link"), file);
    assertThatThrownBy(() -> TrustedFile.read(link, 99))
        .hasMessageContaining(link + " is a link")
        .hasMessageNotContaining("topsecret");
    Path dangling = Files.createSymbolicLink(directory.resolve("dangling"), Path.of("/nowhere"));
    assertThatThrownBy(() -> TrustedFile.read(dangling, 99)).hasMessageContaining("is a link");
  }

  @Test
  void waitsForNoFifo() throws Exception {
    Path fifo = directory.resolve("fifo");
    assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(30),
        () ->
            assertThatThrownBy(() -> TrustedFile.read(fifo, 99))
                .hasMessageContaining("only a regular file is read"));
    assertThatThrownBy(() -> TrustedFile.read(directory, 99)).hasMessageContaining("directory");
    assertThatThrownBy(() -> TrustedFile.read(Path.of("/dev/zero"), 99))
        .hasMessageContaining("/dev/zero is a device");
  }

  @Test
  void limitsAndMissingFiles() {
    assertThatThrownBy(() -> TrustedFile.read(file, 8)).hasMessageContaining("more than the 8");
    assertThatThrownBy(() -> TrustedFile.read(directory.resolve("none"), 8))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void directories() throws IOException {
    TrustedFile.checkDirectory(directory);
    TrustedFile.checkDirectory(directory.resolve("none"));
    TrustedFile.checkDirectory(Path.of("/tmp"));
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThatThrownBy(() -> TrustedFile.checkDirectory(directory))
        .hasMessageContaining(directory.toString())
        .hasMessageContaining("rwxrwxrwx");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    Files.setAttribute(directory, "unix:uid", NOBODY);
    assertThatThrownBy(() -> TrustedFile.checkDirectory(directory)).isInstanceOf(IOException.class);
  }
}
