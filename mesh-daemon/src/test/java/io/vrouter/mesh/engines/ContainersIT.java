package io.vrouter.mesh.engines;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.model.Network.Ipam;
import io.vrouter.netlink.lab.Await;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.Network;

/**
 * Daemons as containers on one Docker network, driven by Testcontainers: one is killed, one is
 * paused, one is disconnected and comes back. The engine is the test's own; it ends with the test
 * and takes all along, so nothing else cleans up.
 */
@Tag("lab")
class ContainersIT {
  private static final String LAN = "192.168.77.";
  private static final Map<String, String> ALL_ALIVE =
      Map.of("one", "alive", "two", "alive", "three", "alive");

  private static Engines engines;
  private static Network network;
  private static DaemonContainer one;
  private static DaemonContainer two;
  private static DaemonContainer three;
  private static List<DaemonContainer> all;

  @BeforeAll
  static void start() {
    engines = Engines.start(1);
    engines.importBase();
    EngineHost host = engines.host(1);
    host.dockerOk(
        "build",
        "-q",
        "-t",
        EnginesIT.IMAGE,
        "--build-arg",
        "BASE_IMAGE=" + BaseImage.NAME,
        EnginesIT.ROOT.toString());
    String token =
        host.dockerOk("run", "--rm", "--entrypoint", "meshctl", EnginesIT.IMAGE, "token", "create")
            .lines()
            .reduce("", (before, line) -> line);
    // Testcontainers asks for its engine once per JVM, and this class alone uses it.
    System.setProperty("DOCKER_HOST", "unix://" + host.socket());
    network =
        Network.builder()
            .createNetworkCmdModifier(
                create ->
                    create.withIpam(
                        new Ipam().withConfig(new Ipam.Config().withSubnet(LAN + "0/24"))))
            .build();
    one = new DaemonContainer("one", 1, network, token, List.of());
    two = new DaemonContainer("two", 2, network, token, List.of());
    // Docker's name server knows the others; with one of them this one finds the mesh.
    three =
        new DaemonContainer(
            "three",
            3,
            network,
            token,
            List.of("--multicast", "off", "--seed", "one", "--seed", "two"));
    all = List.of(one, two, three);
    all.forEach(DaemonContainer::start);
  }

  @AfterAll
  static void stop() {
    all.forEach(DaemonContainer::stop);
    network.close();
    engines.close();
    System.clearProperty("DOCKER_HOST");
  }

  @BeforeEach
  void awaitMesh() {
    for (DaemonContainer daemon : all) {
      Await.asserted(
          daemon + " has all alive", () -> assertThat(daemon.statuses()).isEqualTo(ALL_ALIVE));
      for (DaemonContainer peer : all) {
        if (peer != daemon) {
          Await.asserted(
              daemon + " knows where " + peer + " is",
              () -> assertThat(daemon.underlayOf(peer)).isEqualTo(peer.underlay()));
          Await.asserted(
              daemon + " reaches " + peer, () -> assertThat(daemon.reaches(peer)).isTrue());
        }
      }
    }
  }

  @Test
  void aKilledContainerIsFailedAndComesBackUnderItsOldName() {
    String self = three.self();
    String underlay = three.underlay();

    three.kill();
    awaitGone(three, underlay, List.of(one, two));

    three.startAgain();
    awaitMesh();
    assertThat(three.self()).isEqualTo(self);
  }

  @Test
  void aPausedContainerIsRestartingAndItsPathStaysUp() {
    Map<DaemonContainer, List<String>> failures =
        Map.of(one, one.failures(), two, two.failures(), three, three.failures());
    String underlay = two.underlay();
    String entries = one.entriesOf(two, underlay);

    two.pause();
    for (DaemonContainer peer : List.of(one, three)) {
      Await.asserted(
          peer + " takes it for restarting",
          () -> assertThat(peer.statuses()).containsEntry("two", "restarting"));
      assertThat(peer.reaches(two)).as("the kernel of two answers " + peer).isTrue();
    }
    assertThat(one.entriesOf(two, underlay)).isEqualTo(entries);

    two.unpause();
    awaitMesh();
    failures.forEach(
        (daemon, before) ->
            assertThat(daemon.failures()).as("failed for " + daemon).isEqualTo(before));
  }

  @Test
  void aDisconnectedContainerIsFailedAndComesBackByADeviceMadeAnew() {
    String underlay = two.underlay();

    two.disconnect();
    awaitGone(two, underlay, List.of(one, three));
    Await.asserted(
        "two says what is wrong",
        () ->
            assertThat(two.json("status").path("problems").findValuesAsText("code"))
                .contains("underlay"));

    two.connect(underlay);
    awaitMesh();
  }

  @Test
  void aContainerComesBackWithAnotherAddress() {
    String former = one.underlay();
    String self = one.self();

    one.disconnect();
    awaitGone(one, former, List.of(two, three));

    one.connect(LAN + "77");
    awaitMesh();
    assertThat(one.underlay()).isEqualTo(LAN + "77");
    assertThat(one.self()).isEqualTo(self);
    for (DaemonContainer peer : List.of(two, three)) {
      assertThat(peer.entriesOf(one, former)).doesNotContain(former + " ");
    }
  }

  @Test
  void twoContainersComeBackWithEachOthersAddress() {
    String ofOne = one.underlay();
    String ofThree = three.underlay();

    one.disconnect();
    three.disconnect();
    one.connect(ofThree);
    three.connect(ofOne);

    awaitMesh();
    assertThat(one.underlay()).isEqualTo(ofThree);
    assertThat(two.underlayOf(three)).isEqualTo(ofOne);
  }

  private static void awaitGone(
      DaemonContainer gone, String underlay, List<DaemonContainer> others) {
    for (DaemonContainer daemon : others) {
      Await.asserted(
          gone + " is failed for " + daemon,
          () -> assertThat(daemon.statuses()).containsEntry(gone.toString(), "failed"));
      Await.asserted(
          daemon + " has nothing of " + gone,
          () -> assertThat(daemon.entriesOf(gone, underlay)).isEmpty());
    }
  }
}
