package io.vrouter.mesh.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vrouter.membership.Seed;
import io.vrouter.mesh.control.ControlException;
import io.vrouter.mesh.control.MemberStatus;
import io.vrouter.mesh.control.Members;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DiscoveryFileTest {
  private static final Members MEMBERS =
      new Members(
          "0".repeat(32),
          List.of(
              new Members.Member(
                  "0".repeat(32),
                  "h1",
                  MemberStatus.ALIVE,
                  "192.168.200.1",
                  null,
                  null,
                  List.of(),
                  "1",
                  Instant.EPOCH,
                  null)));

  @TempDir Path dir;
  private Path path;

  @BeforeEach
  void name() {
    path = dir.resolve("discovery.json");
  }

  /** In a shared directory another user chooses what the name leads to. */
  @Test
  void noLinkIsFollowedAndNoFifoWaitedFor() throws Exception {
    Path secret = Files.writeString(dir.resolve("secret"), "topsecret");
    Files.createSymbolicLink(path, secret);
    assertThatThrownBy(() -> DiscoveryFile.open(path, 7950))
        .isInstanceOf(ControlException.class)
        .hasMessageContaining(path.toString())
        .hasMessageNotContaining("topsecret");
    Files.delete(path);
    assertThat(new ProcessBuilder("mkfifo", path.toString()).start().waitFor()).isZero();
    assertThatThrownBy(() -> DiscoveryFile.open(path, 7950))
        .isInstanceOf(ControlException.class)
        .hasMessageContaining("only a regular file is read");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "192.168.200.2\n# a comment\nhost-3:7000 # another\n",
        "[\"192.168.200.2\", \"host-3:7000\"]",
        "{\"peers\": [{\"ip\": \"192.168.200.2\"}, {\"host\": \"host-3:7000\"}]}",
        "{\"seeds\": {\"a\": \"192.168.200.2\", \"b\": {\"address\": \"host-3:7000\"}}}"
      })
  void oneThatOthersWroteNamesSeedsAndIsNeverWritten(String content) throws Exception {
    Files.writeString(path, content);

    DiscoveryFile file = DiscoveryFile.open(path, 7950);
    file.keep(MEMBERS);

    assertThat(file.seeds())
        .containsExactly(new Seed("192.168.200.2", 7950), new Seed("host-3", 7000));
    assertThat(path).hasContent(content);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "# nobody\n", "[]", "{}", "[1]", "[{\"name\": \"x\"}]", "{\"a\": ", "a b"})
  void oneThatNamesNobodyIsRefused(String content) throws Exception {
    Files.writeString(path, content);

    assertThatThrownBy(() -> DiscoveryFile.open(path, 7950))
        .isInstanceOf(ControlException.class)
        .hasMessageContaining(path.toString());
    assertThat(path).hasContent(content);
  }

  @Test
  void ourOwnIsKeptCurrentAndRecognised() throws Exception {
    DiscoveryFile.open(path, 7950).keep(MEMBERS);
    assertThat(path).content().contains("\"h1\"");

    DiscoveryFile again = DiscoveryFile.open(path, 7950);
    again.keep(new Members("0".repeat(32), List.of()));

    assertThat(again.seeds()).isEmpty();
    assertThat(path).content().doesNotContain("\"h1\"");
  }

  @Test
  void whatCannotBeWrittenIsTold() throws Exception {
    Path file = Files.createFile(dir.resolve("file"));
    DiscoveryFile discovery = DiscoveryFile.open(file.resolve("below"), 7950);

    discovery.keep(MEMBERS);

    assertThat(discovery.problem())
        .hasValueSatisfying(problem -> assertThat(problem.code()).isEqualTo("discovery-file"));
  }

  @Test
  void onlyChangesAreWritten() throws IOException, ControlException {
    DiscoveryFile file = DiscoveryFile.open(path, 7950);
    file.keep(MEMBERS);
    Files.delete(path);

    file.keep(MEMBERS);

    assertThat(path).doesNotExist();
  }
}
