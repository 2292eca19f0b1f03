package io.vrouter.mesh.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.mesh.config.ConfigFiles;
import io.vrouter.mesh.config.MeshConfig;
import io.vrouter.mesh.config.Setting;
import io.vrouter.mesh.config.Settings;
import io.vrouter.mesh.model.Vni;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MeshdCommandTest {
  private final List<MeshConfig> started = new ArrayList<>();
  private final List<MeshConfig> cleaned = new ArrayList<>();
  private final Map<String, String> environment = new HashMap<>();
  private boolean refuses;
  private String refusal = "";

  @Test
  void runPassesEveryFlagOn() {
    Run run =
        meshd(
            "run",
            "--token-file",
            "-",
            "--vni=7",
            "--seed",
            "a",
            "--seed",
            "b:1",
            "--keep-dataplane",
            "--multicast",
            "off");
    assertThat(run).isEqualTo(new Run(9, "", ""));
    MeshConfig config = started.get(0);
    assertThat(config.token().orElseThrow().reveal()).isEqualTo("token-from-stdin");
    assertThat(config.vni()).isEqualTo(new Vni(7));
    assertThat(config.seeds()).hasSize(2);
    assertThat(config.keepDataplane()).isTrue();
    assertThat(config.multicast()).isFalse();
    assertThat(config.nodeName()).isEqualTo("host7");
  }

  @Test
  void noWordNamesAFile(@TempDir Path directory) throws Exception {
    Path words = directory.resolve("words");
    Files.writeString(words, "vr1_topsecret");
    Run run = meshd("run", "@" + words);
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).doesNotContain("topsecret").contains("@" + words);
    assertThat(started).isEmpty();
  }

  /** Where a token stands by mistake, it isn't shown to whoever reads the log. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "run --token-file vr1_topsecret",
        "run --token vr1_topsecret",
        "run vr1_topsecret",
        "vr1_topsecret",
        "run --seed=vr1_topsecret/",
        "run --vni=vr1_topsecret",
        "run --config vr1_topsecret",
        "run @vr1_topsecret",
      })
  void noErrorShowsAToken(String words) {
    Run run = meshd(words.split(" "));
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out() + run.err()).contains("error").doesNotContain("topsecret");
  }

  @Test
  void noMessageSteersATerminal() {
    refusal = "taken by process 7 (\u001b[2Jevil\u202e)";
    Run run = meshd("run", "--insecure");
    assertThat(run.err()).contains("(?[2Jevil?)").doesNotContain("\u001b").doesNotContain("\u202e");
    assertThat(meshd("run", "--vni", "\u001b[2J").err()).doesNotContain("\u001b");
  }

  @Test
  void aSwitchCanBeTakenBack() {
    environment.put("MESH_KEEP_DATAPLANE", "true");
    environment.put("MESH_TOKEN", "t");
    assertThat(meshd("run", "--keep-dataplane=false").exitCode()).isEqualTo(9);
    assertThat(started.get(0).keepDataplane()).isFalse();
  }

  @Test
  void withoutATokenNothingStarts() {
    Run run = meshd("run");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("no mesh token").contains("meshctl token create");
    assertThat(started).isEmpty();
  }

  @Test
  void cleanupNeedsNoToken() {
    assertThat(meshd("cleanup", "--vni", "8").exitCode()).isZero();
    assertThat(cleaned.get(0).vni()).isEqualTo(new Vni(8));
  }

  @Test
  void aRefusalSaysWhatToDo() {
    refuses = true;
    Run run = meshd("run", "--insecure");
    assertThat(run).isEqualTo(new Run(1, "", "error: no CAP_NET_ADMIN\nfix: run as root\n"));
  }

  @Test
  void usageErrors() {
    assertThat(meshd().exitCode()).isEqualTo(2);
    assertThat(meshd("runn").err()).contains("run");
    assertThat(meshd("run", "--vnii", "1").err()).contains("--vni");
    assertThat(meshd("run", "--vni", "1", "--vni", "2").exitCode()).isEqualTo(2);
    assertThat(meshd("run", "--token", "abc").exitCode()).isEqualTo(2);
  }

  @Test
  void helpListsEverySettingWithItsNames() {
    String help = meshd("run", "--help").out();
    for (Setting<?> setting : Settings.ALL) {
      assertThat(help).contains(setting.flag());
      setting.environment().forEach(name -> assertThat(help).contains(name));
    }
    assertThat(help).contains("MESH_TOKEN,");
    assertThat(meshd("version").exitCode()).isZero();
    assertThat(meshd("--help").out()).contains("cleanup");
  }

  @Test
  void warningsAreTalk() {
    environment.put("MESH_TOKEN", "t");
    environment.put("MESH_SEED", "t");
    assertThat(meshd("run").err()).contains("did you mean MESH_SEEDS?");
  }

  private Run meshd(String... words) {
    DaemonFactory daemon =
        new DaemonFactory() {
          @Override
          public int run(MeshConfig config) throws StartException {
            if (!refusal.isEmpty()) {
              throw new StartException(refusal, refusal);
            }
            if (refuses) {
              throw new StartException("no CAP_NET_ADMIN", "run as root");
            }
            started.add(config);
            return 9;
          }

          @Override
          public int node(MeshConfig given) throws StartException {
            return run(given);
          }

          @Override
          public int agent(MeshConfig given) throws StartException {
            return run(given);
          }

          @Override
          public int check(MeshConfig config) {
            return 7;
          }

          @Override
          public int cleanup(MeshConfig config) {
            cleaned.add(config);
            return 0;
          }
        };
    ConfigFiles stdinOnly =
        new ConfigFiles() {
          private final ConfigFiles system =
              ConfigFiles.system(
                  new ByteArrayInputStream("token-from-stdin\n".getBytes(StandardCharsets.UTF_8)));

          @Override
          public Optional<String> read(Path file) {
            return Optional.empty();
          }

          @Override
          public String stdin() throws java.io.IOException {
            return system.stdin();
          }
        };
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        new MeshdCommand(
                daemon, environment, "host7", stdinOnly, new PrintWriter(out), new PrintWriter(err))
            .execute(words);
    return new Run(code, out.toString(), err.toString());
  }
}
