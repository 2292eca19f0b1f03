package io.vrouter.mesh.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.model.Vni;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DockerNetworksFileTest {
  private static final Path SOCKET = Path.of("/run/docker.sock");
  private static final EngineNetwork WEB =
      new EngineNetwork(
          "0123456789abcdef",
          "web",
          "bridge",
          "local",
          false,
          true,
          false,
          Map.of("vrouter.mesh", "true", "b", "2"),
          Map.of("com.docker.network.bridge.name", "web0"),
          List.of(new EngineNetwork.Ipam("172.30.0.0/16", "", "172.30.0.1")));

  @TempDir private Path directory;

  private DockerNetworksFile kept() {
    return new DockerNetworksFile(directory, SOCKET);
  }

  private Path file() {
    return directory.resolve(DockerNetworksFile.NAME);
  }

  @Test
  void whatWasKeptIsLoaded() {
    kept().keep(List.of(WEB));

    DockerNetworksFile next = kept();
    assertThat(next.load()).containsExactly(WEB);
    assertThat(next.problems()).isEmpty();
    assertThat(new DockerNetworksFile(directory, Path.of("/run/other.sock")).load()).isEmpty();
  }

  @Test
  void theSameIsNotWrittenAgain() throws IOException {
    kept().keep(List.of(WEB));
    Files.setLastModifiedTime(file(), FileTime.fromMillis(1000));
    DockerNetworksFile next = kept();
    next.load();
    next.keep(List.of(WEB));
    assertThat(Files.getLastModifiedTime(file())).isEqualTo(FileTime.fromMillis(1000));
    next.keep(List.of());
    assertThat(kept().load()).isEmpty();
    assertThat(file()).exists();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "null",
        "[]",
        "{}",
        "{\"socket\":\"/run/docker.sock\"}",
        "{\"socket\":null,\"networks\":[]}",
        "{\"socket\":\"/run/docker.sock\",\"networks\":[null]}",
        "{\"socket\":\"/run/docker.sock\",\"networks\":[{}]}",
        "{\"socket\":\"/run/docker.sock\",\"networks\":[],\"more\":1}"
      })
  void aCorruptOneIsSetAsideAndTold(String content) throws IOException {
    Files.writeString(file(), content);

    DockerNetworksFile kept = kept();
    assertThat(kept.load()).isEmpty();
    assertThat(kept.problems()).extracting(Problem::code).containsExactly("state-corrupt");
    assertThat(file()).doesNotExist();
    assertThat(directory.resolve(DockerNetworksFile.NAME + ".corrupt-1")).hasContent(content);
    kept.keep(List.of(WEB));
    assertThat(kept().load()).containsExactly(WEB);
  }

  @Test
  void withoutTheEnginesWordABridgeSaysWhetherItsNetworkIsThere() {
    DockerNetwork web =
        new DockerNetwork(Prefix.parse("172.30.0.0/16"), new Vni(1000), "web0", null, "web", "web");
    for (DockerSnapshot.EngineState state : DockerSnapshot.EngineState.values()) {
      DockerSnapshot snapshot = new DockerSnapshot(state, 0, List.of(web), Map.of(), List.of());
      assertThat(snapshot.networks(Set.of("lo", "web0"))).containsExactly(web);
      assertThat(snapshot.networks(Set.of("lo")))
          .as("%s without a bridge", state)
          .hasSize(state == DockerSnapshot.EngineState.FOLLOWED ? 1 : 0);
    }
  }
}
