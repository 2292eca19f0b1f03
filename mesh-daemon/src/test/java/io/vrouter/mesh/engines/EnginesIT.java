package io.vrouter.mesh.engines;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The shipped image and compose files on real engines, without a mesh. */
@Tag("lab")
class EnginesIT {
  private static final String JAVA = "/opt/vrouter/runtime/bin/java";

  /** The repository. */
  static final Path ROOT = Deployment.ROOT;

  /** The daemon's image. */
  static final String IMAGE = Deployment.IMAGE;

  private static Engines engines;

  @BeforeAll
  static void start() {
    engines = Engines.start(2);
    engines.importBase();
  }

  @AfterAll
  static void stop() {
    engines.close();
  }

  @Test
  void imageRunsWithAReadOnlyRootAndHardlyACapability() {
    EngineHost host = engines.host(1);
    Deployment.build(host);

    assertThat(inImage(host, "meshctl", "token", "create").lines().toList())
        .last()
        .asString()
        .startsWith("vr1_");
    assertThat(inImage(host, JAVA, "@/opt/vrouter/lib/meshd.args", "run", "--help"))
        .contains("--token-file");
    // Refuses to start when the class archive doesn't fit the image's own JVM and jars.
    assertThat(
            inImage(
                host,
                JAVA,
                "-Xshare:on",
                "-XX:SharedArchiveFile=/opt/vrouter/lib/meshctl.jsa",
                "-cp",
                "/opt/vrouter/lib/meshctl.jar",
                "io.vrouter.mesh.cli.Meshctl",
                "version"))
        .isNotBlank();
    assertThat(host.dockerOk("inspect", "-f", "{{json .Config.Entrypoint}}", Deployment.IMAGE))
        .isEqualTo("[\"" + JAVA + "\",\"@/opt/vrouter/lib/meshd.args\"]");
    assertThat(
            host.dockerOk("inspect", "-f", "{{json .Config.Healthcheck.Test}}", Deployment.IMAGE))
        .startsWith("[\"CMD\",\"" + JAVA + "\"");
  }

  private static String inImage(EngineHost host, String program, String... arguments) {
    String[] command = new String[9 + arguments.length];
    String[] head = {
      "run",
      "--rm",
      "--read-only",
      "--tmpfs=/tmp",
      "--cap-drop=ALL",
      "--network=none",
      "--entrypoint",
      program,
      Deployment.IMAGE
    };
    System.arraycopy(head, 0, command, 0, head.length);
    System.arraycopy(arguments, 0, command, head.length, arguments.length);
    return host.dockerOk(command);
  }

  @Test
  void stacksOfOneFileRunOnEachEngineApart() {
    String file =
        Deployment.ROOT.resolve("examples/multi-stack/docker-compose.stack-a.yml").toString();
    Map<String, String> images = Map.of("STACK_IMAGE", BaseImage.NAME);
    for (EngineHost host : engines.hosts()) {
      host.compose(images, "-p", "stack-a", "-f", file, "up", "-d").ok();
      String app = host.dockerOk("ps", "-q", "--filter", "name=stack-a.*app");
      Awaitility.await("page on " + host)
          .atMost(Duration.ofSeconds(40))
          .pollInterval(Duration.ofMillis(100))
          .untilAsserted(
              () ->
                  assertThat(
                          host.dockerOk(
                              "exec",
                              app,
                              "busybox",
                              "wget",
                              "-qO-",
                              "http://172.30.0.2/cgi-bin/whoami"))
                      .isEqualTo("stack a sees 172.30.0.2"));
      host.compose(images, "-p", "stack-a", "-f", file, "down").ok();
      assertThat(host.dockerOk("network", "ls", "-q", "--filter", "label=vrouter.mesh")).isEmpty();
    }
  }
}
