package io.vrouter.mesh.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DaemonJsonFileTest {
  @TempDir private Path directory;

  @Test
  void missingFileIsEmptyAndIsMadeReadable() throws IOException {
    Path path = directory.resolve("etc/docker/daemon.json");
    DaemonJsonFile file = new DaemonJsonFile(path);
    assertThat(file.read()).isEmpty();

    file.write("{}\n");

    assertThat(file.read()).isEqualTo("{}\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rw-r--r--");
  }

  @Test
  void modeAndSymbolicLinkStayAndNothingIsLeftBehind() throws IOException {
    Path real = Files.writeString(directory.resolve("real.json"), "{}");
    Files.setPosixFilePermissions(real, PosixFilePermissions.fromString("rw-r-----"));
    Path link = Files.createSymbolicLink(directory.resolve("daemon.json"), real);

    new DaemonJsonFile(link).write("{\"debug\": true}");

    assertThat(link).isSymbolicLink();
    assertThat(real).content().isEqualTo("{\"debug\": true}");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(real)))
        .isEqualTo("rw-r-----");
    try (var files = Files.list(directory)) {
      assertThat(files).hasSize(2);
    }
  }

  @Test
  void directoryOfTheHostIsAMountPointInAContainer() throws IOException {
    List<String> mounts =
        List.of(
            "22 1 0:21 / / ro,relatime - overlay overlay rw",
            "61 22 8:1 /etc/docker /etc/docker rw,relatime shared:1 - ext4 /dev/sda1 rw");
    assertThat(DaemonJsonFile.isMountPoint(mounts, Path.of("/etc/docker"))).isTrue();
    assertThat(DaemonJsonFile.isMountPoint(mounts, Path.of("/etc"))).isFalse();
    assertThat(DaemonJsonFile.isMountPoint(List.of("", "a b c"), Path.of("/etc"))).isFalse();
  }

  @Test
  void whatIsNoTextIsRefused() throws IOException {
    Path path = Files.write(directory.resolve("daemon.json"), new byte[] {(byte) 0xff, 1});
    assertThatThrownBy(() -> new DaemonJsonFile(path).read())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not UTF-8");
  }

  @Test
  void whatIsTooLargeIsRefused() throws IOException {
    int most = 1 << 20;
    Path path = Files.writeString(directory.resolve("daemon.json"), " ".repeat(most));
    assertThat(new DaemonJsonFile(path).read()).hasSize(most);
    Files.writeString(path, " ".repeat(most + 1));
    assertThatThrownBy(() -> new DaemonJsonFile(path).read())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("larger than");
  }
}
