package io.vrouter.mesh.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vrouter.membership.crypto.MeshToken;
import io.vrouter.mesh.control.Caller;
import io.vrouter.mesh.control.Console;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The steps of {@code meshctl up} on a host that is a map of files. */
class SetupTest {
  private static final String CONFIG = "/etc/vrouter/mesh.yaml";
  private static final String TOKEN = "/etc/vrouter/token";

  private final FakeHost host = new FakeHost();
  private final StringWriter err = new StringWriter();
  private final String token = MeshToken.create("mesh", List.of(), new SecureRandom()).encode();

  @Test
  void takesATokenAndStartsTheUnit() throws Exception {
    host.files.put(CONFIG, "# a comment\n\n  # seed: x\n");
    host.files.put("/root/token", token + "\n");

    assertThat(up(Path.of("/root/token"), false, false, "192.0.2.1")).isZero();

    assertThat(host.files.get(TOKEN)).isEqualTo(token + "\n");
    assertThat(host.modes.get(TOKEN)).isEqualTo("rw-------");
    assertThat(host.files.get(CONFIG)).contains("token-file: " + TOKEN, "  - \"192.0.2.1\"");
    assertThat(host.ran)
        .containsSubsequence(
            "/bin/meshd check --seed 192.0.2.1",
            "systemctl enable --quiet meshd.service",
            "systemctl start meshd.service",
            "/bin/meshctl status");
    assertThat(String.join("\n", host.ran) + err).doesNotContain(token);
    assertThat(err.toString()).contains("meshctl up --token-file");
  }

  @Test
  void makesATokenWhereAskedTo() throws Exception {
    host.typed = "";
    assertThat(up(null, false, false)).isZero();
    assertThat(MeshToken.parse(host.files.getOrDefault(TOKEN, "").strip()).clusterName())
        .isEqualTo("mesh");
  }

  @Test
  void withoutATerminalATokenMustBeNamed() {
    assertThatThrownBy(() -> up(null, false, false))
        .isInstanceOfSatisfying(
            CommandException.class, e -> assertThat(e.fix()).contains("--token-file", "--new"));
    assertThat(host.files).isEmpty();
  }

  @Test
  void nothingThatExistsIsOverwritten() throws Exception {
    host.files.put(CONFIG, "token-file: /elsewhere\n");
    assertThatThrownBy(() -> up(null, true, false)).hasMessageContaining("nothing was changed");
    assertThat(host.files).hasSize(1);

    host.files.remove(CONFIG);
    host.files.put(TOKEN, "mine");
    assertThatThrownBy(() -> up(null, true, false)).hasMessageContaining("nothing was changed");
    assertThat(host.files.get(TOKEN)).isEqualTo("mine");

    assertThat(up(null, true, true)).isZero();
    assertThat(host.files.get(TOKEN + ".old")).isEqualTo("mine");
  }

  @Test
  void whatIsConfiguredIsStartedAgain() throws Exception {
    host.files.put(CONFIG, "token-file: /elsewhere\n");
    assertThat(up(null, false, false)).isZero();
    assertThat(host.files.get(CONFIG)).isEqualTo("token-file: /elsewhere\n");
    assertThat(host.ran).contains("systemctl start meshd.service");
  }

  @Test
  void aHostThatCannotRunItIsLeftAlone() {
    host.exits.put("/bin/meshd check", 1);
    assertThatThrownBy(() -> up(null, true, false)).hasMessageContaining("nothing was changed");
    assertThat(host.files).isEmpty();
    assertThat(host.ran).noneMatch(command -> command.contains("start"));
  }

  @Test
  void withoutSystemdItPrintsHowToStart() throws Exception {
    host.systemd = false;
    assertThat(up(null, true, false)).isZero();
    assertThat(err.toString()).contains("/bin/meshd run --keep-dataplane", "examples/daemon");
  }

  @Test
  void anUnhealthyOneIsReportedWithItsStatus() {
    host.exits.put("/bin/meshctl status", 1);
    assertThatThrownBy(() -> up(null, true, false))
        .isInstanceOfSatisfying(
            CommandException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.TIMED_OUT));
  }

  private int up(@Nullable Path file, boolean fresh, boolean force, String... seeds)
      throws Exception {
    Console console =
        new Console(
            new PrintWriter(new StringWriter()),
            OutputStream.nullOutputStream(),
            new PrintWriter(err),
            false,
            0,
            true,
            new Caller("root", true),
            Runnable::run);
    Session.Source nobody =
        () -> {
          throw new CommandException(ExitCode.UNREACHABLE, "", "");
        };
    return new Setup(
            host,
            new Session(nobody, null, console, Clock.systemUTC()),
            Path.of("/bin"),
            () -> host.nanos)
        .run(new Setup.Wish(file, fresh, List.of(seeds), List.of(), force, Duration.ofSeconds(30)));
  }

  private static final class FakeHost implements UpHost {
    private final Map<String, String> files = new HashMap<>();
    private final Map<String, String> modes = new HashMap<>();
    private final Map<String, Integer> exits =
        new HashMap<>(Map.of("/bin/meshctl status -o json", ExitCode.UNREACHABLE));
    private final List<String> ran = new ArrayList<>();
    private boolean systemd = true;
    private @Nullable String typed;
    private long nanos;

    @Override
    public boolean isRoot() {
      return true;
    }

    @Override
    public boolean hasSystemd() {
      return systemd;
    }

    @Override
    public Optional<String> read(Path file) {
      return Optional.ofNullable(files.get(file.toString()));
    }

    @Override
    public void write(Path file, String text, String mode) {
      files.put(file.toString(), text);
      modes.put(file.toString(), mode);
    }

    @Override
    public void setAside(Path file) {
      files.put(file + ".old", files.remove(file.toString()));
    }

    @Override
    public Optional<String> ask(String prompt) {
      return Optional.ofNullable(typed);
    }

    @Override
    public Ran run(List<String> command) {
      String line = String.join(" ", command);
      ran.add(line);
      return new Ran(exits.getOrDefault(line, 0), "");
    }

    @Override
    public void pause() {
      nanos += Duration.ofSeconds(1).toNanos();
    }
  }
}
