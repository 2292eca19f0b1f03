package io.vrouter.mesh.engines;

import io.vrouter.netlink.lab.Await;
import io.vrouter.netlink.lab.Output;
import io.vrouter.netlink.lab.Sources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A mesh on real engines, deployed as a user does: the image, {@code examples/daemon/compose.yaml}
 * once per host, and a token. Each engine drops what it wasn't asked to forward, as Docker does on
 * a host that did not forward before.
 */
public final class Deployment implements AutoCloseable {
  /** The repository. */
  public static final Path ROOT = Sources.ROOT;

  /** What is shipped for users. */
  public static final Path EXAMPLES = ROOT.resolve("examples");

  /** The daemon's image. */
  public static final String IMAGE = "vrouter-mesh:latest";

  /** Stands for the image that the stacks name, which no registry is asked for. */
  private static final String STACK_IMAGE = "busybox:1.36";

  private static final String STACK_DOCKERFILE =
      """
      FROM %s
      RUN mkdir /opt/busybox && busybox --install -s /opt/busybox
      ENV PATH=/usr/sbin:/usr/bin:/sbin:/bin:/opt/busybox
      """
          .formatted(BaseImage.NAME);

  private final Engines engines;
  private final Path directory;

  private Deployment(Engines engines, Path directory) {
    this.engines = engines;
    this.directory = directory;
  }

  /**
   * Starts engines and a daemon on each, and returns when all know each other.
   *
   * @param directory where the compose file is copied to and the token is written
   */
  public static Deployment start(int hosts, Path directory) {
    Deployment deployment = new Deployment(Engines.start(hosts), directory);
    boolean started = false;
    try {
      deployment.deploy();
      started = true;
      return deployment;
    } finally {
      if (!started) {
        deployment.close();
      }
    }
  }

  private void deploy() {
    engines.importBase();
    EngineHost first = engines.host(1);
    build(first);
    engines.share(IMAGE);
    String token =
        first
            .dockerOk("run", "--rm", "--entrypoint", "meshctl", IMAGE, "token", "create")
            .lines()
            .reduce("", (before, line) -> line);
    Path stack = directory.resolve("stack");
    try {
      Files.createDirectory(stack);
      Files.writeString(stack.resolve("Dockerfile"), STACK_DOCKERFILE);
      Files.copy(EXAMPLES.resolve("daemon/compose.yaml"), directory.resolve("compose.yaml"));
      Files.copy(EXAMPLES.resolve("daemon/.env.example"), directory.resolve(".env"));
      Path file = Files.writeString(directory.resolve("token"), token + "\n");
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    engines.everywhere(
        host -> {
          host.dockerOk("build", "-q", "-t", STACK_IMAGE, stack.toString());
          host.ok("iptables", "-P", "FORWARD", "DROP");
          daemon(host, Map.of(), "up", "-d").ok();
        });
    engines.hosts().forEach(this::awaitAll);
  }

  /** Builds the daemon's image from this repository's {@code mesh-daemon/target/dist}. */
  public static void build(EngineHost host) {
    host.dockerOk(
        "build", "-q", "-t", IMAGE, "--build-arg", "BASE_IMAGE=" + BaseImage.NAME, ROOT.toString());
  }

  /** The hosts. */
  public Engines engines() {
    return engines;
  }

  /** Waits until a host's daemon sees every other. */
  public void awaitAll(EngineHost host) {
    String members = Integer.toString(engines.hosts().size());
    // The container has to run before anything can be asked in it.
    Await.asserted(
        "members on " + host,
        () -> {
          Output seen = meshctl(host, "wait", "--members", members, "--timeout", "30s");
          if (seen.exit() != 0) {
            Output said = host.docker("logs", "--tail", "30", daemonContainer(host));
            throw new AssertionError(
                seen.stderr() + "; its log:\n" + said.stdout() + said.stderr());
          }
        });
  }

  /** Runs compose with the daemon's file, which has the token beside it. */
  public Output daemon(EngineHost host, Map<String, String> environment, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of("-p", "daemon", "-f", directory.resolve("compose.yaml").toString()));
    command.addAll(List.of(arguments));
    return host.compose(environment, command.toArray(String[]::new));
  }

  /** The daemon's container on a host. */
  public static String daemonContainer(EngineHost host) {
    return host.dockerOk("ps", "-q", "--filter", "label=com.docker.compose.project=daemon");
  }

  /** Runs {@code meshctl} in the daemon's container, however it ends. */
  public Output meshctl(EngineHost host, String... arguments) {
    List<String> command = new ArrayList<>(List.of("exec", daemonContainer(host), "meshctl"));
    command.addAll(List.of(arguments));
    return host.docker(command.toArray(String[]::new));
  }

  @Override
  public void close() {
    engines.close();
  }
}
