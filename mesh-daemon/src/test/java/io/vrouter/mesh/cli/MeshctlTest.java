package io.vrouter.mesh.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vrouter.mesh.control.ControlRequest;
import io.vrouter.mesh.control.ControlServer;
import io.vrouter.mesh.control.MemberStatus;
import io.vrouter.mesh.control.MemoryMesh;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The thin client as a process of its own against a real socket. */
class MeshctlTest {
  private final MemoryMesh mesh = new MemoryMesh();
  @TempDir Path directory;

  @Test
  void dataOnStdoutTalkOnStderrAndTheExitCode() throws Exception {
    try (ControlServer server = serve()) {
      assertThat(server).isNotNull();
      Run members = client("members");
      assertThat(members).isEqualTo(new Run(0, Run.of(mesh, "members").out(), ""));
      assertThat(client("members", "--bogus").exitCode()).isEqualTo(2);
      assertThat(client("wait", "--members", "9", "--timeout", "1ms").exitCode()).isEqualTo(4);
    }
  }

  @Test
  void withoutADaemonUsageIsTwoAndTheRestThree() throws Exception {
    assertThat(client("members", "--bogus").exitCode()).isEqualTo(2);
    Run run = client("members");
    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err())
        .contains("meshd is not reachable at " + socket() + " (there is no such file)")
        .contains("fix: start it", "systemctl", "docker compose");
    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(socket()));
    }
    assertThat(client("status").err()).contains("refused", "a socket of root:root, rw");
  }

  /** Keys and policies are files of the client: the daemon, root, opens none that a word names. */
  @Test
  void policyIsSignedWithoutADaemonAndSentByItsContent() throws Exception {
    Path key = directory.resolve("operator.key");
    Path policy = directory.resolve("policy.yaml");
    Path signed = directory.resolve("policy.signed");
    Run created = client("policy", "key", "create", key.toString());
    assertThat(created.exitCode()).as(created.err()).isZero();
    assertThat(created.out().strip()).hasSize(43);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
        .isEqualTo("rw-------");
    assertThat(client("policy", "key", "create", key.toString()).err()).contains("left as it is");
    Files.writeString(policy, "version: 2\nnodes:\n  \"*\": {prefixes: [], vnis: [1000]}\n");
    Run done =
        client("policy", "sign", policy.toString(), "--key", key.toString(), "-f", "" + signed);
    assertThat(done.exitCode()).as(done.err()).isZero();
    assertThat(Files.readString(signed)).startsWith("vrouter-policy-1:");
    Files.writeString(policy, "version: 2\nnodez: {}\n");
    Run wrong = client("policy", "sign", policy.toString(), "--key", key.toString());
    assertThat(wrong.exitCode()).isEqualTo(1);
    assertThat(wrong.err()).contains("'nodez' is no key here: known are [nodes, version]");
    try (ControlServer server = serve()) {
      assertThat(server).isNotNull();
      assertThat(client("policy", "apply", signed.toString()).err()).contains("policy 3 is in");
      assertThat(mesh.calls).containsExactly("policy " + Files.readString(signed).strip());
      assertThat(client("policy", "apply", "/none").exitCode()).isEqualTo(1);
      assertThat(client("policy", "show").out()).contains("policy 3", "172.30.0.0/16", "any");
    }
    Run inDaemon = Run.of(mesh, "policy", "sign", policy.toString(), "--key", key.toString());
    assertThat(inDaemon.exitCode()).isEqualTo(2);
    assertThat(inDaemon.err()).contains("in meshctl's own process only");
    Path other = directory.resolve("other.key");
    assertThat(Run.of(mesh, "policy", "key", "create", other.toString()).exitCode()).isEqualTo(2);
    assertThat(other).doesNotExist();
  }

  @Test
  void aReportIsAFileOfItsOwner() throws Exception {
    Path file = directory.resolve("r.tar.gz");
    try (ControlServer server = serve()) {
      assertThat(server).isNotNull();
      Run run = client("report", "-f", file.toString());
      assertThat(run.exitCode()).as(run.err()).isZero();
      assertThat(run.out()).isEqualTo(file + "\n");
      assertThat(Files.size(file)).isGreaterThan(1_000);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
      Run again = client("report", "--file=" + file);
      assertThat(again.exitCode()).isEqualTo(1);
      assertThat(again.err()).contains(file + " can't be made").contains("fix: ");
      Run refused = client("report", "--bogus", "-f", directory.resolve("no").toString());
      assertThat(refused.exitCode()).isEqualTo(2);
      assertThat(directory.resolve("no")).doesNotExist();
    }
  }

  @Test
  void statusIsWatchedUntilTheClientEnds() throws Exception {
    try (ControlServer server = serve()) {
      assertThat(server).isNotNull();
      Process process = start(command("status", "--watch", "200ms"));
      try (BufferedReader out = reader(process.getInputStream())) {
        assertThat(out.readLine()).startsWith("healthy");
        mesh.converged = false;
        String line = out.readLine();
        while (!line.contains("not converged")) {
          line = out.readLine();
        }
      } finally {
        process.destroy();
        process.waitFor();
      }
    }
  }

  @Test
  void aWaitGoesOnWhenTheSocketIsReplaced() throws Exception {
    mesh.peerStatus = MemberStatus.SUSPECT;
    Process process;
    try (ControlServer server = serve()) {
      assertThat(server).isNotNull();
      process = start(command("wait", "--members", "2", "--timeout", "300s"));
      await().until(() -> !mesh.subscribers.isEmpty());
    }
    MemoryMesh later = new MemoryMesh();
    try (ControlServer server =
        ControlServer.open(socket(), new MeshctlCommands(later, mesh.maintenance, Run.CLOCK))) {
      assertThat(server).isNotNull();
      try (BufferedReader err = reader(process.getErrorStream())) {
        assertThat(err.readLine()).isEqualTo("2 members alive");
      }
      assertThat(process.waitFor()).isZero();
    }
  }

  /** The timeout is that of all connections together. */
  @Test
  void aWaitWhoseDaemonEndsTimesOut() throws Exception {
    mesh.peerStatus = MemberStatus.SUSPECT;
    Process process;
    try (ControlServer server = serve()) {
      assertThat(server).isNotNull();
      process = start(command("wait", "--members", "2", "--timeout", "5s"));
      await().until(() -> !mesh.subscribers.isEmpty());
    }
    try (BufferedReader err = reader(process.getErrorStream())) {
      assertThat(err.readLine()).contains("ended, and none has answered there after 5s");
    }
    assertThat(process.waitFor()).isEqualTo(4);
    assertThat(client("wait", "--members", "2", "--timeout", "bogus").exitCode()).isEqualTo(2);
    assertThat(client("wait", "--members", "2", "--timeout", "10ms").exitCode()).isEqualTo(3);
  }

  @Test
  void anEarlierConnectionUsesATimeoutUp() throws Exception {
    mesh.peerStatus = MemberStatus.SUSPECT;
    String[] wait = {"wait", "--members", "2", "--timeout", "1h", "--waited", "3600s"};
    assertThat(Run.of(mesh, wait).exitCode()).isEqualTo(4);
    assertThat(Run.of(mesh, "wait", "--help").out()).doesNotContain("--waited");
  }

  @Test
  void someCommandsNeedNoDaemon() throws Exception {
    assertThat(client("token", "create").out()).startsWith("vr1_");
    assertThat(client("version").exitCode()).isZero();
    assertThat(client("status", "--help").out()).contains("Usage: meshctl status");
  }

  @Test
  void anotherUserMayLookIfTheModeLetsItAndNeverChange() throws Exception {
    try (ControlServer server = serve()) {
      assertThat(server).isNotNull();
      // nobody has to get at the classes and the socket
      Path classes = directory.resolve("classes/io/vrouter/mesh/cli");
      Files.createDirectories(classes);
      for (Path file : clientClasses()) {
        Files.copy(file, classes.resolve(file.getFileName()));
      }
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));

      assertThat(asNobody("members").exitCode()).isEqualTo(5);

      Files.setPosixFilePermissions(socket(), PosixFilePermissions.fromString("rw-rw-rw-"));
      assertThat(asNobody("members").out()).contains("2 alive");
      Run leave = asNobody("leave");
      assertThat(leave.exitCode()).isEqualTo(5);
      assertThat(leave.err()).contains("user nobody may look but not change anything");
      assertThat(mesh.calls).isEmpty();
      assertThat(client("leave").exitCode()).isZero();
      await().untilAsserted(() -> assertThat(mesh.calls).containsExactly("leave", "end"));
    }
  }

  /** What only root may read: the words of a command come from others and run as root. */
  @Test
  void noWordNamesAFile() throws Exception {
    Path secret = directory.resolve("secret");
    Files.writeString(secret, "vr1_topsecret second-word\n");
    Path words = directory.resolve("words");
    Files.writeString(words, "members\n");
    try (ControlServer server = serve()) {
      assertThat(server).isNotNull();
      for (List<String> argv :
          List.of(
              List.of("status", "@" + secret),
              List.of("ping", "@" + secret),
              List.of("@" + words),
              List.of("-o", "@" + secret, "status"),
              List.of("wait", "--members", "@" + secret),
              List.of("@" + secret, "@" + secret))) {
        Run run = client(argv.toArray(String[]::new));
        assertThat(run.exitCode()).as("%s", argv).isNotZero();
        assertThat(run.out() + run.err())
            .as("%s", argv)
            .doesNotContain("topsecret", "second-word", "alive")
            .contains("@");
      }
    }
  }

  @Test
  void aFifoAsAWordHoldsNoThread() throws Exception {
    Path fifo = directory.resolve("fifo");
    assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
    try (ControlServer server = serve()) {
      assertThat(server).isNotNull();
      Run run = client("status", "@" + fifo);
      assertThat(run.exitCode()).isEqualTo(2);
      assertThat(run.err()).contains("@" + fifo);
    }
  }

  @Test
  void followStreamsAndEndsWithTheClient() throws Exception {
    try (ControlServer server = serve()) {
      assertThat(server).isNotNull();
      Process process = start(command("events", "--follow", "-o", "json"));
      try (BufferedReader err = reader(process.getErrorStream());
          BufferedReader out = reader(process.getInputStream())) {
        assertThat(err.readLine()).startsWith("following");
        mesh.emit(MemoryMesh.event("one"));
        assertThat(out.readLine()).contains("\"cause\":\"one\"");
        mesh.emit(MemoryMesh.event("two"));
        assertThat(out.readLine()).contains("\"cause\":\"two\"");
      } finally {
        process.destroy();
        process.waitFor();
      }
      org.awaitility.Awaitility.await().until(mesh.subscribers::isEmpty);
    }
  }

  @Test
  void whatGoesOverTheWireIsWhatTheServerReads() {
    String[] words = {"ping", "a \"b\" \\ \n\u0001 ü", "--socket", "/x"};
    assertThat(ControlRequest.parse(Meshctl.request(words)))
        .isEqualTo(new ControlRequest(Arrays.asList(words), false, 0, noColor()));
  }

  @Test
  void theSocketAndTheKindOfCommandAreFoundWithoutAParser() {
    assertThat(Meshctl.socketOf(new String[] {"members", "--socket", "/a"})).isEqualTo("/a");
    assertThat(Meshctl.socketOf(new String[] {"--socket=/b", "members"})).isEqualTo("/b");
    assertThat(Meshctl.isLocal(new String[] {"--socket", "version", "members"})).isFalse();
    assertThat(Meshctl.isLocal(new String[] {"-o", "json", "token", "create"})).isTrue();
    assertThat(Meshctl.isLocal(new String[] {"token", "-o", "json", "show"})).isFalse();
    assertThat(Meshctl.isLocal(new String[] {"token", "create", "--once"})).isFalse();
    assertThat(Meshctl.isLocal(new String[] {"token", "create", "--expires=1h"})).isFalse();
    assertThat(Meshctl.isLocal(new String[] {"token", "create", "--admit"})).isFalse();
    assertThat(Meshctl.isLocal(new String[] {})).isTrue();
    assertThat(Meshctl.isLocal(new String[] {"members", "--help"})).isTrue();
  }

  private static boolean noColor() {
    return !System.getenv().getOrDefault("NO_COLOR", "").isEmpty();
  }

  private ControlServer serve() throws Exception {
    return ControlServer.open(socket(), new MeshctlCommands(mesh, mesh.maintenance, Run.CLOCK));
  }

  private Path socket() {
    return directory.resolve("mesh.sock");
  }

  private static List<Path> clientClasses() throws Exception {
    Path classes =
        Path.of(Meshctl.class.getProtectionDomain().getCodeSource().getLocation().toURI())
            .resolve("io/vrouter/mesh/cli");
    try (var files = Files.list(classes)) {
      return files
          .filter(file -> file.getFileName().toString().matches("Meshctl(\\$.*)?\\.class"))
          .toList();
    }
  }

  private List<String> command(String... words) {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(Meshctl.class.getName());
    command.addAll(List.of("--socket", socket().toString()));
    command.addAll(List.of(words));
    return command;
  }

  private Run client(String... words) throws Exception {
    return run(command(words));
  }

  /** The client's own classes only: whoever may only look has no daemon's jars either. */
  private Run asNobody(String... words) throws Exception {
    List<String> command = command(words);
    command.set(command.indexOf("-cp") + 1, directory.resolve("classes").toString());
    command.addAll(
        0, List.of("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--"));
    return run(command);
  }

  private static Run run(List<String> command) throws Exception {
    Process process = start(command);
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Run(process.waitFor(), out, err);
  }

  private static Process start(List<String> command) throws IOException {
    return new ProcessBuilder(command).redirectInput(Path.of("/dev/null").toFile()).start();
  }

  private static BufferedReader reader(java.io.InputStream stream) {
    return new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
  }
}
