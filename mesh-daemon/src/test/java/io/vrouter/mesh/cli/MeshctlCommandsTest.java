package io.vrouter.mesh.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vrouter.membership.crypto.MeshToken;
import io.vrouter.mesh.control.Json;
import io.vrouter.mesh.control.MemberStatus;
import io.vrouter.mesh.control.MemoryMesh;
import io.vrouter.mesh.control.Pools;
import io.vrouter.mesh.model.Check;
import io.vrouter.mesh.model.Problem;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MeshctlCommandsTest {
  private final MemoryMesh mesh = new MemoryMesh();

  @Test
  void statusSaysTheVerdictFirst() throws Exception {
    Run well = Run.of(mesh, "status");
    assertThat(well).isEqualTo(new Run(0, "healthy, 2 alive, converged\n", ""));

    mesh.problems = List.of(new Problem("overlay-full", "no address left since 10:00", "widen it"));
    mesh.converged = false;
    Run ill = Run.of(mesh, "status");
    assertThat(ill.exitCode()).isEqualTo(1);
    assertThat(ill.out())
        .isEqualTo(
            """
            UNHEALTHY: 1 problem, 2 alive, not converged yet

            error overlay-full: no address left since 10:00
              fix: widen it
            """);
    assertThat(Run.of(mesh, "status", "-o", "json").exitCode()).isEqualTo(1);
  }

  @Test
  void aNoteIsShownAndLeavesTheHostHealthy() throws Exception {
    mesh.problems =
        List.of(
            Problem.note("wrong-token", "a node with another token tried", "give it the token")
                .seen(MemoryMesh.START.plusSeconds(3_300)));
    Run run = Run.of(mesh, "status");
    assertThat(run)
        .isEqualTo(
            new Run(
                0,
                """
                healthy, 2 alive, converged, 1 note

                note wrong-token: a node with another token tried (for 5m)
                  fix: give it the token
                """,
                ""));
    assertThat(Run.of(mesh, "status", "-o", "json").exitCode()).isZero();
    mesh.problems = List.of(mesh.problems.get(0), new Problem("overlay-full", "a", "b"));
    assertThat(Run.of(mesh, "status").out()).startsWith("UNHEALTHY: 1 problem, 2 alive");
  }

  @Test
  void membersTable() throws Exception {
    assertThat(Run.of(mesh, "members").out())
        .isEqualTo(
            """
            2 alive; this is alon
            NAME  STATUS  UNDERLAY       OVERLAY   SUBNETS        SINCE  VERSION  ID        PATH     RTT
            alon  alive   192.168.200.1  10.1.1.1  172.22.0.0/16  60m    0.1.0    1a2b3c4d  -        -
            tera  alive   192.168.200.2  -         172.30.0.0/16  59m    0.1.0    5e6f7a8b  ok 1450  250 µs
            """);
    assertThat(Run.of(mesh, "members", "--all").out()).contains("2 alive, 1 left").contains("rog");
  }

  @Test
  void statusFoldsProblemsOfAKind() throws Exception {
    mesh.problems =
        java.util.stream.IntStream.range(0, 5)
            .mapToObj(
                i ->
                    new Problem("prefix-in-use", "prefix " + i, "renumber")
                        .seen(MemoryMesh.START.plusSeconds(600L - i)))
            .toList();
    assertThat(Run.of(mesh, "status").out())
        .contains("prefix 4 (for 50m)", "prefix 3", "and 3 more of prefix-in-use")
        .doesNotContain("prefix 0", "prefix 1", "prefix 2");
    assertThat(Run.of(mesh, "status", "-o", "wide").out())
        .contains("prefix 0 (for 50m, since 2026-11-24T10:10:00Z)")
        .doesNotContain("more of");
  }

  @Test
  void wideMembersShortenNothing() throws Exception {
    assertThat(Run.of(mesh, "members", "-o", "wide").out())
        .contains(MemoryMesh.SELF, "PATH SINCE", "02:00:00:00:00:01");
  }

  @Test
  void theLogLevelIsShownAndSet() throws Exception {
    assertThat(Run.of(mesh, "log")).isEqualTo(new Run(0, "info\n", ""));
    assertThat(Run.of(mesh, "log", "debug", "--for", "10m").out())
        .isEqualTo("debug, info again in 10m\n");
    assertThat(Run.of(mesh, "log", "trace", "-o", "json").out())
        .contains("\"level\" : \"trace\"", "\"revertsTo\" : null");
    assertThat(Run.of(mesh, "log", "loud").err()).contains("'loud' is no level (bad-level)");
    assertThat(Run.of(mesh, "log", "--for", "1m").exitCode()).isEqualTo(2);
    assertThat(Run.of(mesh, "log", "debug", "--for", "0s").exitCode()).isEqualTo(2);
    assertThat(Run.of(mesh, false, false, "log").exitCode()).isZero();
    assertThat(Run.of(mesh, false, false, "log", "error").exitCode()).isEqualTo(5);
  }

  @Test
  void fishCompletesCommandsOptionsAndValues() throws Exception {
    String script = Run.of(mesh, "completion", "fish").out();
    assertThat(script)
        .contains(
            "complete -c meshctl -n '__fish_use_subcommand' -a status -d ",
            "complete -c meshctl -n '__fish_seen_subcommand_from ping' -s c -l count -r -d ",
            "-a 'table wide json junit yaml'",
            "-a create -d ");
    for (String shell : List.of("bash", "zsh")) {
      assertThat(Run.of(mesh, "completion", shell).out()).contains("complete -F", "compinit");
    }
    assertThat(Run.of(mesh, "completion", "csh").exitCode()).isEqualTo(2);
  }

  @Test
  void routesTable() throws Exception {
    assertThat(Run.of(mesh, "routes").out())
        .isEqualTo(
            """
            1 of 1 route installed
            PREFIX         VIA       DEVICE     NODE  STATE
            172.30.0.0/16  10.1.1.2  vxlan1000  tera  installed
            """);
  }

  @Test
  void withdrawnRoutesAreShownAndLetGo() throws Exception {
    assertThat(Run.of(mesh, "routes", "--withdrawn").out())
        .isEqualTo(
            """
            1 prefix held back
            PREFIX        NODE  WITHDRAWN  CLOSED FOR
            10.20.0.0/16  tera  2h ago     22h
            """);
    assertThat(Run.of(mesh, "routes", "--withdrawn", "-o", "json").out())
        .contains("\"remainingSeconds\"");
    assertThat(Run.of(mesh, "routes", "--forget", "10.20.0.0/16").exitCode()).isZero();
    Run refused = Run.of(mesh, "routes", "--forget", "10.21.0.0/16");
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err()).contains("10.21.0.0/16 is not held back here");
    assertThat(mesh.calls)
        .containsExactly("forget prefix 10.20.0.0/16", "forget prefix 10.21.0.0/16");
  }

  @Test
  void otherTables() throws Exception {
    assertThat(Run.of(mesh, "networks").out())
        .contains("1 of 2 networks advertised")
        .contains("refused     overlay subnet");
    assertThat(Run.of(mesh, "conflicts").out())
        .contains("prefix 172.30.0.0/16: tera has it, alon does not")
        .contains("fix: renumber alon");
    assertThat(Run.of(mesh, "plan").out()).contains("1 step to do").contains("route add");
    assertThat(Run.of(mesh, "token", "show").out()).contains("0011223344556677");
    assertThat(Run.of(mesh, "config", "show").out()).contains("vni  1000   default");
    assertThat(Run.of(mesh, "events").out())
        .isEqualTo("2026-11-24T10:00:00.123Z  transition   tera  suspect -> failed: no answer\n");
    assertThat(Run.of(mesh, "version").out()).isNotBlank();
    assertThat(Run.of(mesh, "completion").out()).contains("members").contains("complete ");
  }

  @Test
  void doctorFailsOnAFault() throws Exception {
    assertThat(Run.of(mesh, "doctor").exitCode()).isZero();
    mesh.checks = List.of(new Check("port", Check.Result.FAIL, "4789 is taken", "free it"));
    Run run = Run.of(mesh, "doctor");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).startsWith("1 failed: 1 check").contains("fix: free it");
  }

  @Test
  void outputOptionBeforeOrAfterTheCommand() throws Exception {
    String json = Json.pretty(mesh.members(false)) + "\n";
    assertThat(Run.of(mesh, "members", "-o", "json").out()).isEqualTo(json);
    assertThat(Run.of(mesh, "-o", "json", "members").out()).isEqualTo(json);
    assertThat(Run.of(mesh, "--output=json", "members").out()).isEqualTo(json);
    assertThat(Run.of(mesh, "--socket", "/s", "members", "-o=json").out()).isEqualTo(json);
    assertThat(Run.of(mesh, "token", "show", "-o", "yaml", "--socket", "/s").out())
        .startsWith("apiVersion: mesh/v1\n");
    assertThat(Run.of(mesh, "token", "-o", "json", "show").out()).startsWith("{");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "bogus",
        "members --bogus",
        "members extra",
        "members -o xml",
        "wait",
        "wait --members x",
        "wait --members 1 --timeout soon",
        "ping",
        "forget",
        "token",
        "config bogus",
        "ping a -c 0",
        "ping tera --timeout 11s",
        "subnet",
        "subnet claim",
        "subnet release",
        "docker-pools now"
      })
  void usageErrorsAreTwo(String words) throws Exception {
    Run run = Run.of(mesh, words.isEmpty() ? new String[0] : words.split(" ", -1));
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("error: ").contains("fix: ");
  }

  @Test
  void helpIsData() throws Exception {
    Run run = Run.of(mesh, "wait", "--help");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("--timeout").contains("--socket").contains("--output");
  }

  @Test
  void waitCountsTheAlive() throws Exception {
    assertThat(Run.of(mesh, "wait", "--members", "2", "--timeout", "1ms").exitCode()).isZero();
    Run run = Run.of(mesh, "wait", "--members", "3", "--timeout", "1ms");
    assertThat(run.exitCode()).isEqualTo(4);
    assertThat(run.err()).contains("2 of 3 members are alive");
    assertThat(mesh.subscribers).isEmpty();
  }

  @Test
  void pingReportsEachProbe() throws Exception {
    Run run = Run.of(mesh, "ping", "tera", "-c", "2");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("tera () 1: 0.346 ms").contains("2 of 2 answered");
    mesh.peerStatus = MemberStatus.FAILED;
    assertThat(Run.of(mesh, "ping", "5e6f", "-c", "1").exitCode()).isEqualTo(1);
    assertThat(mesh.calls).containsOnly("ping " + MemoryMesh.PEER);
  }

  @Test
  void nodesThatAreNotThere() throws Exception {
    Run run = Run.of(mesh, "ping", "nowhere");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("there is no member 'nowhere' (unknown-node)").contains("fix: ");
    mesh.peerName = "alon";
    assertThat(Run.of(mesh, "forget", "alon").err()).contains("is 2 members");
  }

  @Test
  void dockerPoolsClaimsARangeAndPrintsWhatDaemonJsonTakes() throws Exception {
    String part = Json.pretty(MemoryMesh.pools(true).daemonPart()) + "\n";
    Run run = Run.of(mesh, "docker-pools");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).isEqualTo(part);
    assertThat(mesh.calls).containsExactly("want range");

    assertThat(Run.of(mesh, "docker-pools")).isEqualTo(new Run(0, part, ""));
    assertThat(Run.of(mesh, "docker-pools", "-o", "json").out())
        .isEqualTo(Json.pretty(MemoryMesh.pools(true)) + "\n");
    assertThat(Run.of(mesh, false, false, "docker-pools").out()).isEqualTo(part);
    assertThat(Run.of(mesh, false, false, "docker-pools", "--apply").exitCode()).isEqualTo(5);

    Run applied = Run.of(mesh, "docker-pools", "--apply");
    assertThat(applied.out()).isEqualTo(part);
    assertThat(applied.err())
        .contains("replaced the pool 172.80.0.0/16 size 24 in /etc/docker/daemon.json")
        .contains("wrote /etc/docker/daemon.json: restart the engine");
    mesh.converged = false;
    Run refused = Run.of(mesh, "docker-pools", "--apply");
    assertThat(refused)
        .isEqualTo(new Run(1, "", "error: is no JSON (daemon-json)\nfix: correct it\n"));
  }

  @Test
  void provisionalRangesAreToldAndNoFault() throws Exception {
    mesh.pools = MemoryMesh.pools(false);
    mesh.peerStatus = MemberStatus.FAILED;
    Run run = Run.of(mesh, "docker-pools");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("10.130.64.0/18");
    assertThat(run.err())
        .contains("waiting up to 5s")
        .contains("note: 10.130.64.0/18 is provisional: no other host is there");
    Run status = Run.of(mesh, "status");
    assertThat(status.exitCode()).isZero();
    assertThat(status.out()).isEqualTo("healthy, 2 alive, converged\n");
    assertThat(status.err()).startsWith("note: 10.130.64.0/18 is provisional");
  }

  @Test
  void fullPoolFailsAtOnce() throws Exception {
    mesh.wantedPools = mesh.pools;
    mesh.problems = List.of(new Problem("pool-full", "no free range", "another --pool"));
    assertThat(Run.of(mesh, "docker-pools"))
        .isEqualTo(new Run(1, "", "error: no free range\nfix: another --pool\n"));
  }

  @Test
  void poolsThatDockerDoesNotKnowYetAreTold() throws Exception {
    Pools held = MemoryMesh.pools(true);
    mesh.pools =
        new Pools(
            held.defaultAddressPools(),
            held.pool(),
            held.ranges(),
            held.subnets(),
            Pools.InDaemonJson.OUTDATED);
    assertThat(Run.of(mesh, "docker-pools").err()).startsWith("note: this host's pools");
    Run status = Run.of(mesh, "status");
    assertThat(status.exitCode()).isZero();
    assertThat(status.err()).contains("run 'meshctl docker-pools --apply' and restart the engine");
  }

  @Test
  void subnetsByName() throws Exception {
    Run claim = Run.of(mesh, "subnet", "claim", "web");
    assertThat(claim.exitCode()).isZero();
    assertThat(claim.out()).isEqualTo("10.130.127.0/24\n");
    assertThat(claim.err()).contains("docker-pools --apply", "restart the engine");
    assertThat(Run.of(mesh, "subnet", "claim", "shop"))
        .isEqualTo(new Run(0, "10.130.127.0/24\n", ""));
    assertThat(Run.of(mesh, "subnet", "release", "web"))
        .isEqualTo(new Run(0, "", "released 10.130.127.0/24 of web\n"));
    assertThat(mesh.calls).containsExactly("want range", "claim web", "claim shop", "release web");
    assertThat(Run.of(mesh, false, false, "subnet", "claim", "web").exitCode()).isEqualTo(5);
    assertThat(Run.of(mesh, false, false, "subnet", "release", "web").exitCode()).isEqualTo(5);
  }

  @Test
  void onlyWritersChangeSomething() throws Exception {
    for (String[] words : new String[][] {{"leave"}, {"forget", "rog"}}) {
      Run run = Run.of(mesh, false, false, words);
      assertThat(run.exitCode()).isEqualTo(5);
      assertThat(run.err()).contains("user nobody may look but not change anything");
    }
    assertThat(mesh.calls).isEmpty();
    assertThat(Run.of(mesh, false, false, "members").exitCode()).isZero();

    assertThat(Run.of(mesh, "forget", "rog").exitCode()).isZero();
    assertThat(Run.of(mesh, "leave").exitCode()).isZero();
    assertThat(mesh.calls).containsExactly("forget " + MemoryMesh.GONE, "leave", "end");
  }

  @Test
  void apiErrorsAreToldWithCodeAndFix() throws Exception {
    mesh.converged = false;
    Run run = Run.of(mesh, "plan");
    assertThat(run)
        .isEqualTo(
            new Run(1, "", "error: the kernel was not read (dump-failed)\nfix: see the log\n"));
  }

  @Test
  void coloursOnTerminalsOnly() throws Exception {
    assertThat(Run.of(mesh, true, true, "status").out()).contains("\u001b[");
    assertThat(Run.of(mesh, false, true, "status").out()).doesNotContain("\u001b");
  }

  @Test
  void namesOfOthersCannotSteerTheTerminal() throws Exception {
    mesh.peerName = "a\u001b[2Jb\nc\u202e";
    assertThat(Run.of(mesh, "members").out()).contains("a?[2Jb?c?").doesNotContain("\u001b");
  }

  @Test
  void tokensOfTheRunningMeshAreMadeListedAndRevoked() throws Exception {
    Run run = Run.of(mesh, "token", "create", "--once");
    assertThat(run.out()).isEqualTo("vr1_secret\n");
    assertThat(run.err()).contains("8899aabbccddeeff", "admits one host").doesNotContain("secret");
    assertThat(mesh.calls).containsExactly("token [] PT24H true");
    assertThat(Run.of(mesh, "token", "create", "--expires", "2h", "--seed", "h1").exitCode())
        .isZero();
    assertThat(Run.of(mesh, "token", "create", "--admit").exitCode()).isZero();
    assertThat(mesh.calls).contains("token [h1] PT2H false", "token [] null false");
    assertThat(Run.of(mesh, "token", "create", "--once", "--name", "x").exitCode()).isEqualTo(2);
    Run list = Run.of(mesh, "token", "list");
    assertThat(list.out()).contains("original", "revoked", "once", "open", "alon");
    assertThat(Run.of(mesh, "token", "revoke", "8899aabbccddeeff").exitCode()).isZero();
    assertThat(mesh.calls).contains("revoke 8899aabbccddeeff");
  }

  @Test
  void noWordFromTheSocketNamesTheOperatorsFile() throws Exception {
    Run run = Run.of(mesh, "token", "create", "--operator-key", "/nonexistent/operator");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("in meshctl's own process only");
  }

  @Test
  void keysAreListedRotatedAndANodeIsBanned() throws Exception {
    mesh.laggards = List.of(MemoryMesh.PEER);
    assertThat(Run.of(mesh, "keys", "list").out())
        .contains("0a1b2c3d", "current", "overlap", "without the current key: tera")
        .contains("banned: rog, by the operator\n")
        .contains("banned: tera, by alon (not in force here)");
    assertThat(Run.of(mesh, "keys", "rotate").err()).contains("epoch 2 begins", "tokens admit no");
    Run.of(mesh, "keys", "rotate", "--keep-tokens");
    assertThat(Run.of(mesh, "forget", "--ban", "tera").err()).contains("on all hosts");
    assertThat(Run.of(mesh, "forget", "--ban", "ab".repeat(16)).err()).contains("here; other");
    assertThat(mesh.calls)
        .contains(
            "rotate false", "rotate true", "ban " + MemoryMesh.PEER, "ban " + "ab".repeat(16));
  }

  @Test
  void tokenCreatePrintsTheTokenAlone() throws Exception {
    Run run = Run.of(mesh, "token", "create", "--name", "prod", "--seed", "10.0.0.1");
    assertThat(run.exitCode()).isZero();
    MeshToken token = MeshToken.parse(run.out());
    assertThat(run.out()).isEqualTo(token.encode() + "\n");
    assertThat(token.clusterName()).isEqualTo("prod");
    assertThat(token.seeds()).containsExactly("10.0.0.1");
    assertThat(run.err()).contains(token.fingerprint()).doesNotContain(token.encode());
    assertThat(Run.of(mesh, "token", "create", "--name", "").exitCode()).isEqualTo(2);
  }

  @Test
  void aCancelledCommandIsInterrupted() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> Run.of(mesh, "events", "--follow"))
        .isInstanceOf(InterruptedException.class);
    assertThat(mesh.subscribers).isEmpty();
  }
}
