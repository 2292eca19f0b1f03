package io.vrouter.mesh;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Rules of names and comments, held by reading the sources of all modules' main code. */
class SourceRulesTest {
  /**
   * Simple names that several classes bear: a kernel object or a concept of ours on several levels
   * (in the kernel or the plan, as wanted, as the JSON contract shows it). {@code Ack} is the word
   * of netlink and of SWIM, {@code Peer} of WireGuard (WGPEER_A) and of SWIM. Messages and commands
   * nested in their sealed type are written with it everywhere, as {@code AgentReply.Applied}.
   */
  private static final Map<String, List<String>> ON_SEVERAL_LEVELS =
      Map.ofEntries(
          entry("Ack", List.of("netlink.wire.Ack", "membership.wire.SwimMessage")),
          entry("Address", List.of("netlink.route.Address", "mesh.plan.Wanted")),
          entry("Answer", List.of("membership.DataPathProbe", "mesh.agent.AgentReply")),
          entry("Applied", List.of("mesh.agent.AgentReply", "mesh.control.Pools")),
          entry("Conflict", List.of("mesh.plan.Conflict", "mesh.control.Conflicts")),
          entry(
              "Device",
              List.of("mesh.plan.Wanted", "mesh.control.Status", "mesh.reconcile.TunnelView")),
          entry("Encryption", List.of("mesh.model.Encryption", "mesh.control.Status")),
          entry(
              "Facts",
              List.of("mesh.agent.AgentReply", "mesh.agent.AgentRequest", "mesh.host.Checkup")),
          entry("Figures", List.of("bench.Figures", "bench.real.EncryptionBench")),
          entry("Firewall", List.of("mesh.agent.AgentReply", "mesh.plan.Observed")),
          entry("Member", List.of("membership.Member", "mesh.control.Members")),
          entry("Neighbor", List.of("netlink.route.Neighbor", "mesh.plan.Wanted")),
          entry("Network", List.of("mesh.agent.HostView", "mesh.control.Networks")),
          entry("Peer", List.of("netlink.generic.WgChange", "membership.engine.Peer")),
          entry(
              "Probed",
              List.of(
                  "membership.engine.Engine", "mesh.agent.AgentReply", "mesh.agent.AgentRequest")),
          entry("Refusal", List.of("mesh.agent.Ruling", "mesh.plan.PrefixPolicy")),
          entry("Route", List.of("netlink.route.Route", "mesh.plan.Wanted", "mesh.control.Routes")),
          entry("Setting", List.of("mesh.config.Setting", "mesh.control.ConfigView")),
          entry("Step", List.of("mesh.plan.Step", "mesh.control.PlanReport")),
          entry("Subnet", List.of("mesh.control.Members", "mesh.record.Subnet")),
          entry("Told", List.of("mesh.agent.MessageCodec", "mesh.plan.RefusedPrefixes")));

  private static final Pattern TOKEN =
      Pattern.compile(
          "\"\"\".*?\"\"\"|\"(?:\\\\.|[^\"\\\\\n])*\"|'(?:\\\\.|[^'\\\\])+'"
              + "|(?<comment>/\\*.*?\\*/|//[^\n]*)",
          Pattern.DOTALL);

  private static final Pattern DECLARATION =
      Pattern.compile("(?<![\\w.@])(?:class|interface|record|enum|@interface)\\s+([A-Z]\\w*)");

  private static final Pattern PRONOUN =
      Pattern.compile(
          "(?i)\\b(?:who|whoever|whom|says?|said|tells?|told|hears?|heard)\\b"
              + "|^/[/*]+\\s*What\\b");

  @Test
  void aSimpleNameStandsForOneThing() throws IOException {
    Map<String, List<String>> places = new TreeMap<>();
    for (Path file : sources()) {
      Matcher declared = DECLARATION.matcher(TOKEN.matcher(Files.readString(file)).replaceAll(" "));
      while (declared.find()) {
        places.computeIfAbsent(declared.group(1), name -> new ArrayList<>()).add(name(file));
      }
    }
    assertThat(places).hasSizeGreaterThan(500);
    places.values().removeIf(of -> of.size() == 1);
    assertThat(places).containsOnlyKeys(ON_SEVERAL_LEVELS.keySet());
    ON_SEVERAL_LEVELS.forEach(
        (name, levels) -> assertThat(places.get(name)).containsExactlyInAnyOrderElementsOf(levels));
  }

  @Test
  void commentsSpeakOfThingsAndNotAsOfPersons() throws IOException {
    List<String> against = new ArrayList<>();
    for (Path file : sources()) {
      Matcher token = TOKEN.matcher(Files.readString(file));
      while (token.find()) {
        String comment = token.group("comment");
        if (comment != null && PRONOUN.matcher(comment).find()) {
          against.add(name(file) + ": " + comment);
        }
      }
    }
    assertThat(against).isEmpty();
  }

  /** {@code ARCHITECTURE.md} leads a newcomer to a file: each class it names is where it says. */
  @Test
  void theMapOfTheCodeIsTrue() throws IOException {
    Set<String> declared = new HashSet<>();
    Set<String> placed = new HashSet<>();
    for (Path file : all("main", "test")) {
      Matcher of = DECLARATION.matcher(TOKEN.matcher(Files.readString(file)).replaceAll(" "));
      String folders = "." + name(file).replaceFirst("\\.[^.]+$", "") + ".";
      while (of.find()) {
        declared.add(of.group(1));
        placed.add(folders + of.group(1));
      }
    }
    List<String> wrong = new ArrayList<>();
    Matcher span =
        Pattern.compile("`(?:([a-z/]+)/)?([A-Z][A-Za-z]*[a-z][A-Za-z]*)`")
            .matcher(Files.readString(Path.of("..", "ARCHITECTURE.md")));
    int spans = 0;
    while (span.find()) {
      spans++;
      String folder = span.group(1);
      String end = folder == null ? "" : "." + folder.replace('/', '.') + "." + span.group(2);
      boolean there =
          folder == null
              ? declared.contains(span.group(2))
              : placed.stream().anyMatch(place -> place.endsWith(end));
      if (!there) {
        wrong.add(span.group());
      }
    }
    assertThat(spans).isGreaterThan(60);
    assertThat(wrong).isEmpty();
  }

  private static String name(Path file) {
    String path = file.toString();
    String from = "/java/io/vrouter/";
    return path.substring(path.indexOf(from) + from.length(), path.length() - ".java".length())
        .replace('/', '.');
  }

  private static List<Path> sources() throws IOException {
    return all("main");
  }

  private static List<Path> all(String... kinds) throws IOException {
    List<Path> all = new ArrayList<>();
    for (String module : List.of("netlink", "membership", "mesh-daemon", "bench")) {
      for (String kind : kinds) {
        Path root = Path.of("..", module, "src", kind, "java");
        if (Files.isDirectory(root)) {
          try (Stream<Path> files = Files.walk(root)) {
            files.filter(file -> file.toString().endsWith(".java")).forEach(all::add);
          }
        }
      }
    }
    return all;
  }
}
