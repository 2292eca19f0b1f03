package io.vrouter.mesh.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.vrouter.mesh.control.MemoryMesh;
import io.vrouter.netlink.lab.Sources;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The alerts and the board of {@code examples/observability}. */
class ObservabilityTest {
  private static final Path HERE = Sources.ROOT.resolve("examples/observability");
  private static final Pattern METRIC = Pattern.compile("\\b(mesh|process|jvm)_[a-z_]+");

  /** By promtool, of the tools that the lab needs. */
  @Tag("lab")
  @Test
  void everyAlertFiresOnce() throws Exception {
    for (List<String> arguments :
        List.of(
            List.of("check", "rules", "rules.yaml"),
            List.of("check", "config", "prometheus.yaml"),
            List.of("test", "rules", "rules.test.yaml"))) {
      List<String> command = new ArrayList<>(List.of("promtool"));
      command.addAll(arguments);
      Process process =
          new ProcessBuilder(command).directory(HERE.toFile()).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(said).isZero();
    }
  }

  @Test
  void everyAlertIsTested() throws Exception {
    JsonNode rules = yaml("rules.yaml");
    String tests = Files.readString(HERE.resolve("rules.test.yaml"));
    for (JsonNode rule : rules.path("groups").path(0).path("rules")) {
      assertThat(tests).contains("alertname: " + rule.path("alert").asText() + "\n");
      assertThat(rule.path("annotations").path("description").asText()).isNotBlank();
    }
  }

  @Test
  void alertsAndBoardUseNamesThatTheDaemonHas() throws Exception {
    Set<String> names = new TreeSet<>();
    Matcher declared =
        Pattern.compile("# TYPE (\\S+)").matcher(new MeshMetrics(new MemoryMesh()).exposition());
    while (declared.find()) {
      names.add(declared.group(1));
    }
    // The names of gossip and reconciler need a running node: they are in its source.
    Matcher node =
        Pattern.compile("\"(mesh_[a-z_]+)\"")
            .matcher(
                Files.readString(
                    Sources.ROOT.resolve(
                        "mesh-daemon/src/main/java/io/vrouter/mesh/api/NodeMetrics.java")));
    while (node.find()) {
      names.add(node.group(1));
      names.add(node.group(1) + "_total");
      names.add(node.group(1) + "_seconds_bucket");
    }
    List<String> expressions = new ArrayList<>();
    yaml("rules.yaml").findValues("expr").forEach(it -> expressions.add(it.asText()));
    JsonNode board = new ObjectMapper().readTree(HERE.resolve("grafana/mesh.json").toFile());
    board.findValues("expr").forEach(it -> expressions.add(it.asText()));
    assertThat(expressions).hasSizeGreaterThan(25);
    for (String expression : expressions) {
      Matcher used = METRIC.matcher(expression);
      while (used.find()) {
        assertThat(names).as(expression).contains(used.group());
      }
    }
  }

  private static JsonNode yaml(String name) throws Exception {
    return new ObjectMapper(new YAMLFactory()).readTree(HERE.resolve(name).toFile());
  }
}
