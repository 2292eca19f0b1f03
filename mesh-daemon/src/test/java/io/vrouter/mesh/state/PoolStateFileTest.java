package io.vrouter.mesh.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.pool.PoolState;
import io.vrouter.mesh.record.PoolRange;
import io.vrouter.mesh.record.PoolShare;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PoolStateFileTest {
  private static final PoolState STATE =
      new PoolState(
          new PoolShare(
              List.of(new PoolRange(Prefix.parse("10.130.64.0/18"), 3, true)), List.of(), 3),
          Map.of("web", Prefix.parse("10.130.127.0/24")),
          List.of());

  @TempDir Path dir;

  @Test
  void whatWasSavedIsLoaded() throws IOException {
    new PoolStateFile(dir).save(STATE);

    PoolStateFile file = new PoolStateFile(dir);
    assertThat(file.load()).isEqualTo(STATE);
    assertThat(file.lost()).isFalse();
  }

  @Test
  void nothingThereIsNothingSaved() {
    PoolStateFile file = new PoolStateFile(dir);
    assertThat(file.load()).isEqualTo(PoolState.NONE);
    assertThat(file.lost()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "{\"format\":2}", "{\"format\":1,\"lamport\":-1}"})
  void whatIsNoStateIsSetAsideAndTold(String text) throws IOException {
    Path path = dir.resolve(PoolStateFile.NAME);
    Files.writeString(path, text);

    PoolStateFile file = new PoolStateFile(dir);
    assertThat(file.load()).isEqualTo(PoolState.NONE);
    assertThat(file.lost()).isTrue();
    assertThat(file.problem())
        .hasValueSatisfying(
            problem -> {
              assertThat(problem.code()).isEqualTo("state-corrupt");
              assertThat(problem.message()).contains(path.toString(), ".corrupt-1");
              assertThat(problem.fix()).contains("docker-pools --apply");
            });
    assertThat(path).doesNotExist();
    assertThat(Path.of(path + ".corrupt-1")).hasContent(text);
  }
}
