package io.vrouter.mesh.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.model.Vnis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The watch against engines that can't be had: newer, older, broken, hanging ones. */
@Timeout(60)
class DockerWatchFakeTest {
  private static final String WEB =
      """
      [{"Name":"web","Id":"0123456789abcdef","Driver":"bridge","Scope":"local",
        "Labels":{"vrouter.mesh":"true"},"Unheard":{"of":[1]},
        "IPAM":{"Driver":"default","Config":[{"Subnet":"172.30.0.0/16","Gateway":"172.30.0.1"}]}}]
      """;

  @TempDir private Path directory;
  private Path socket;
  private FakeEngine engine;
  private DockerWatch watch;

  @BeforeEach
  void start() throws IOException {
    socket = directory.resolve("docker.sock");
    engine = new FakeEngine(socket);
    watch = watch(true);
  }

  @AfterEach
  void stop() throws IOException {
    watch.close();
    engine.close();
  }

  @ParameterizedTest
  @CsvSource({"1.41,1.41", "1.44,1.44", "1.52,1.52", "1.60,1.52", "2.0,1.52"})
  void speaksTheNewestVersionBothKnow(String offered, String spoken) {
    engine.version = offered;
    engine.networks = WEB;
    watch.start();

    await(() -> watch.snapshot().networks().size() == 1);
    assertThat(engine.asked).contains("/_ping", "/v" + spoken + "/networks");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.40", "1.24", "", "latest"})
  void tooOldOrNoVersionIsAProblem(String offered) {
    engine.version = offered;
    watch.start();

    await(() -> watch.snapshot().state() == DockerSnapshot.EngineState.UNREACHABLE);
    assertThat(watch.snapshot().problems())
        .singleElement()
        .extracting(Problem::message)
        .asString()
        .contains("API");
  }

  @Test
  void subscribesBeforeItListsAndAsksForTheLastMomentsToo() {
    watch.start();
    await(() -> watch.snapshot().state() == DockerSnapshot.EngineState.FOLLOWED);

    assertThat(engine.asked).hasSize(3);
    assertThat(engine.asked.get(1)).startsWith("/v1.41/events?since=998&");
    assertThat(engine.asked.get(2)).isEqualTo("/v1.41/networks");
  }

  @Test
  void listsAtChangesOnly() {
    watch.start();
    await(() -> watch.snapshot().state() == DockerSnapshot.EngineState.FOLLOWED);
    engine.networks = WEB;

    engine.event("connect");
    engine.event("create");

    await(() -> watch.snapshot().networks().size() == 1);
    assertThat(engine.asked.stream().filter(path -> path.endsWith("/networks"))).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"message\":\"no\"}", "[{", "<html>", "[7, null, {\"IPAM\":3}]"})
  void nonsenseNeverEndsTheWatch(String nonsense) {
    engine.networks = nonsense;
    watch.start();
    await(() -> engine.asked.stream().anyMatch(path -> path.endsWith("/networks")));

    engine.networks = WEB;
    await(
        () -> {
          engine.event("create");
          return watch.snapshot().networks().size() == 1;
        });
  }

  @Test
  void aContainerThatLeavesByAnotherNetworkIsTold() {
    engine.networks = WEB;
    engine.containers =
        """
        [{"Names":["/app"],"NetworkSettings":{"Networks":{
          "web":{"Gateway":"172.30.0.1"},"a_default":{"Gateway":"172.19.0.1"}}}}]
        """;
    watch.start();

    await(() -> !watch.snapshot().problems().isEmpty());
    assertThat(watch.snapshot().problems())
        .singleElement()
        .satisfies(
            it -> {
              assertThat(it.code()).isEqualTo("docker-two-networks");
              assertThat(it.message()).contains("'app'", "'web'", "'a_default'");
            });
    engine.containers = "[]";
    engine.event("disconnect");
    await(() -> watch.snapshot().problems().isEmpty());
  }

  @Test
  void hangingEngineDoesNotHoldUpTheEnd() {
    engine.mute = true;
    watch.start();
    await(() -> engine.asked.contains("/_ping"));

    watch.close();

    assertThat(watch.snapshot().networks()).isEmpty();
  }

  @Test
  void hangingEngineIsTold() {
    engine.mute = true;
    watch.start();

    await(() -> watch.snapshot().state() == DockerSnapshot.EngineState.UNREACHABLE);
    assertThat(watch.snapshot().problems().get(0).message()).contains("no answer within 10 s");
  }

  @Test
  void socketThatIsNotThereIsNoProblemUnlessAskedForByName() throws IOException {
    engine.close();
    DockerWatch optional = watch(false);
    try {
      optional.start();
      await(() -> optional.snapshot().state() == DockerSnapshot.EngineState.ABSENT);
      assertThat(optional.snapshot().problems()).isEmpty();

      watch.start();
      await(() -> watch.snapshot().state() == DockerSnapshot.EngineState.UNREACHABLE);
      assertThat(watch.snapshot().problems())
          .singleElement()
          .extracting(Problem::code)
          .isEqualTo("docker-unreachable");

      engine = new FakeEngine(socket);
      engine.networks = WEB;
      await(
          () -> {
            // Who was quick has listed before there were networks.
            engine.event("create");
            return optional.snapshot().networks().size() == 1;
          });
      await(() -> watch.snapshot().problems().isEmpty());
    } finally {
      optional.close();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void startsFromWhatTheEngineSaidLast(boolean required) throws IOException {
    List<DockerNetwork> before = followThenRemoveTheEngine();
    DockerWatch next = watch(required);
    try {
      next.start();
      await(() -> next.snapshot().state() == DockerSnapshot.EngineState.UNREACHABLE);
      assertThat(next.snapshot().networks()).isEqualTo(before).hasSize(1);
      assertThat(next.snapshot().subnets()).hasSize(1);
      Problem problem = next.snapshot().problems().get(0);
      assertThat(problem.code()).isEqualTo("docker-unreachable");
      assertThat(problem.message()).contains("as last seen", "172.30.0.0/16 (web)");
      assertThat(problem.fix()).contains("systemctl start docker", "--docker off");

      engine = new FakeEngine(socket);
      engine.networks = WEB.replace("172.30", "172.31");
      await(() -> next.snapshot().state() == DockerSnapshot.EngineState.FOLLOWED);
      assertThat(next.snapshot().networks())
          .extracting(DockerNetwork::prefix)
          .containsExactly(Prefix.parse("172.31.0.0/16"));
      assertThat(next.snapshot().problems()).isEmpty();
      // An engine that started again may have rewritten the firewall: whoever watches must hear.
      assertThat(next.snapshot().connection()).isEqualTo(1);
      engine.close();
      engine = new FakeEngine(socket);
      engine.networks = WEB.replace("172.30", "172.31");
      await(() -> next.snapshot().connection() == 2);
    } finally {
      next.close();
    }
    assertThat(kept().load()).as("kept anew").asString().contains("172.31.0.0/16");
  }

  @Test
  void engineThatHangsAtTheStartDoesNotTakeItsNetworksAway() throws IOException {
    List<DockerNetwork> before = followThenRemoveTheEngine();
    engine = new FakeEngine(socket);
    engine.mute = true;
    DockerWatch next = watch(true);
    try {
      next.start();
      await(() -> engine.asked.contains("/_ping"));
      assertThat(next.snapshot().state()).isEqualTo(DockerSnapshot.EngineState.UNKNOWN);
      assertThat(next.snapshot().networks()).isEqualTo(before).hasSize(1);
    } finally {
      next.close();
    }
  }

  @Test
  void whereTheEngineHadNothingToCarryItsAbsenceIsNoProblem() throws IOException {
    engine.networks = WEB.replace("\"true\"", "\"false\"");
    followThenRemoveTheEngine();
    DockerWatch next = watch(false);
    try {
      next.start();
      await(() -> next.snapshot().state() == DockerSnapshot.EngineState.ABSENT);
      assertThat(next.snapshot().problems()).isEmpty();
    } finally {
      next.close();
    }
  }

  @Test
  void whatCanNotBeKeptIsTold() throws IOException {
    Files.writeString(directory.resolve("state"), "a file where the directory should be");
    watch.start();
    await(() -> !watch.snapshot().problems().isEmpty());
    assertThat(watch.snapshot().state()).isEqualTo(DockerSnapshot.EngineState.FOLLOWED);
    assertThat(watch.snapshot().problems())
        .extracting(Problem::code)
        .containsExactly("docker-unkept");

    Files.delete(directory.resolve("state"));
    engine.networks = WEB;
    await(
        () -> {
          engine.event("create");
          return watch.snapshot().problems().isEmpty();
        });
    assertThat(kept().load()).hasSize(1);
  }

  private List<DockerNetwork> followThenRemoveTheEngine() throws IOException {
    if (engine.networks.equals("[]")) {
      engine.networks = WEB;
    }
    watch.start();
    await(() -> watch.snapshot().state() == DockerSnapshot.EngineState.FOLLOWED);
    watch.close();
    engine.close();
    return watch.snapshot().networks();
  }

  private DockerNetworksFile kept() {
    return new DockerNetworksFile(directory.resolve("state"), socket);
  }

  private DockerWatch watch(boolean required) {
    return new DockerWatch(
        new DockerSettings(socket, required, Vnis.parse(List.of("1000")), false),
        directory.resolve("state"),
        new Random(7),
        () -> Instant.ofEpochSecond(1000),
        snapshot -> {});
  }

  private static void await(Callable<Boolean> condition) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(40))
        .pollInterval(Duration.ofMillis(5))
        .until(condition);
  }
}
