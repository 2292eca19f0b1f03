package io.vrouter.mesh.firewall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.mesh.plan.Step;
import io.vrouter.netlink.Conntrack;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real packets through chains as Docker 20.10 to 28 makes them, in either backend. */
class IptablesForwardingTest {
  @RegisterExtension static final MeshLab LAB = new MeshLab();
  private static final String DOCKER =
      """
      *raw
      -A PREROUTING -d 172.30.0.2/32 ! -i br-a1 -j DROP
      -A PREROUTING -d 172.29.0.2/32 ! -i br-a2 -j DROP
      COMMIT
      *nat
      -A POSTROUTING -s 172.30.0.0/16 ! -o br-a1 -j MASQUERADE
      -A POSTROUTING -s 172.29.0.0/16 ! -o br-a2 -j MASQUERADE
      COMMIT
      *filter
      :FORWARD DROP [0:0]
      :DOCKER-USER - [0:0]
      :DOCKER-ISOLATION-STAGE-1 - [0:0]
      :DOCKER-ISOLATION-STAGE-2 - [0:0]
      -A FORWARD -j DOCKER-USER
      -A FORWARD -j DOCKER-ISOLATION-STAGE-1
      -A FORWARD -o br-a1 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
      -A FORWARD -i br-a1 ! -o br-a1 -j ACCEPT
      -A FORWARD -o br-a2 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
      -A FORWARD -i br-a2 ! -o br-a2 -j ACCEPT
      -A DOCKER-ISOLATION-STAGE-1 -i br-a1 ! -o br-a1 -j DOCKER-ISOLATION-STAGE-2
      -A DOCKER-ISOLATION-STAGE-1 -i br-a2 ! -o br-a2 -j DOCKER-ISOLATION-STAGE-2
      -A DOCKER-ISOLATION-STAGE-1 -j RETURN
      -A DOCKER-ISOLATION-STAGE-2 -o br-a1 -j DROP
      -A DOCKER-ISOLATION-STAGE-2 -o br-a2 -j DROP
      -A DOCKER-USER -s 172.31.9.9/32 -m comment --comment "an operator's" -j DROP
      -A DOCKER-USER -j RETURN
      COMMIT
      """;

  private final FirewallPolicy policy = MeshLab.policy();
  private final HostFirewall firewall = LAB.firewall();

  @AfterEach
  void reset() {
    LAB.clear(firewall);
  }

  private static String saved(String backend) {
    // Counters and dates differ from run to run.
    return LAB.a
        .ok("iptables-%s-save".formatted(backend))
        .lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.replaceFirst("\\[.*", ""))
        .collect(Collectors.joining("\n"));
  }

  private void take(Step... steps) {
    MeshLab.take(firewall, steps);
  }

  private void assertClosed() {
    assertThat(LAB.b1.pings("172.30.0.2")).as("from the remote container").isFalse();
    assertThat(LAB.b.pings("172.30.0.2")).as("from the remote overlay address").isFalse();
    assertThat(LAB.a1.pings("172.29.0.2")).as("between two stacks of this host").isFalse();
  }

  private void assertOpen() {
    assertThat(LAB.b1.pings("172.30.0.2")).as("from the remote container").isTrue();
    assertThat(LAB.a1.pings("172.31.0.2")).as("to the remote container").isTrue();
    assertThat(LAB.b.pings("172.30.0.2")).as("from the remote overlay address").isTrue();
    assertThat(LAB.b.pings("172.30.0.2", "-I", "172.31.0.1")).as("remote gateway").isTrue();
    assertThat(LAB.a1.pings("172.31.0.1")).as("to the remote gateway").isTrue();
    assertThat(LAB.b1.pings("172.30.0.1")).as("to our gateway").isTrue();
    assertThat(LAB.a1.pings("172.29.0.2")).as("between two stacks of this host").isTrue();
    assertThat(LAB.a3.pings("172.30.0.2")).as("from another VNI's stack").isFalse();
    assertThat(LAB.a4.pings("172.30.0.2")).as("from a stack that isn't the mesh's").isFalse();
    assertThat(LAB.lan.pings("172.30.0.2")).as("from the LAN").isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"nft", "legacy"})
  void opensWhereDockerDropsAndClosesWithoutATrace(String backend) {
    LAB.restore(backend, DOCKER);
    String before = saved(backend);
    take(new Step.SetFirewall(policy));
    assertClosed();
    assertThat(firewall.isOpen(policy, true)).isFalse();

    take(new Step.OpenForwarding(policy));
    assertOpen();
    assertThat(firewall.isOpen(policy, false)).isTrue();
    assertThat(firewall.isOpen(policy, true)).isTrue();
    assertThat(firewall.problems()).isEmpty();
    assertThat(theirs(saved(backend))).as("foreign rules").isEqualTo(before);
    String other = backend.equals("nft") ? "legacy" : "nft";
    assertThat(saved(other)).as("the other backend").doesNotContain("vrouter");

    take(new Step.CloseForwarding());
    assertThat(saved(backend)).isEqualTo(before);
    assertClosed();
  }

  private static String theirs(String saved) {
    return saved
        .lines()
        .filter(line -> !line.contains("vrouter mesh"))
        .collect(Collectors.joining("\n"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"nft", "legacy"})
  void putsBackWhatSomebodyFlushed(String backend) {
    LAB.restore(backend, DOCKER);
    take(new Step.SetFirewall(policy), new Step.OpenForwarding(policy));
    assertThat(firewall.legacyChanged()).as("as at the last look").isFalse();

    LAB.restore(backend, DOCKER);
    assertThat(firewall.legacyChanged()).isEqualTo(backend.equals("legacy"));
    assertThat(firewall.isOpen(policy, false)).as("the last write is trusted").isTrue();
    assertThat(firewall.isOpen(policy, true)).isFalse();
    assertClosed();
    take(new Step.OpenForwarding(policy));
    assertOpen();

    LAB.a.ok(
        "iptables-" + backend,
        "-t",
        "raw",
        "-I",
        "PREROUTING",
        "-d",
        "172.30.0.2/32",
        "!",
        "-i",
        "br-a1",
        "-j",
        "DROP");
    assertThat(firewall.isOpen(policy, true)).as("a drop ahead of our accept").isFalse();
    take(new Step.OpenForwarding(policy));
    assertThat(firewall.isOpen(policy, true)).isTrue();
    assertOpen();
  }

  @ParameterizedTest
  @ValueSource(strings = {"nft", "legacy"})
  void aNetworkThatComesOrGoesChangesNothing(String backend) {
    LAB.restore(backend, DOCKER);
    String before = saved(backend);
    take(new Step.OpenForwarding(policy));
    String opened = saved(backend);
    assertThat(opened.lines().filter(line -> line.contains("vrouter mesh")))
        .as("one rule in each table")
        .hasSize(2);
    FirewallPolicy less = new FirewallPolicy(4789, 7952, Set.of(MeshLab.zone1000()), Set.of());
    take(new Step.OpenForwarding(less));
    assertThat(saved(backend)).isEqualTo(opened);
    take(new Step.OpenForwarding(new FirewallPolicy(4789, 7952, Set.of(), Set.of())));
    assertThat(saved(backend)).isEqualTo(before);
  }

  /** An operator's own restriction in the chain that is documented for them. */
  @Test
  void whatAnOperatorRestrictsStaysRestricted() {
    LAB.restore("nft", DOCKER.replace("-s 172.31.9.9/32", "-s 172.31.0.2/32"));
    take(new Step.SetFirewall(policy), new Step.OpenForwarding(policy));
    assertThat(LAB.b1.pings("172.30.0.2")).isFalse();
    assertThat(LAB.b.pings("172.30.0.2")).isTrue();
  }

  /** As Red Hat's and Oracle's images have it, without Docker. */
  @ParameterizedTest
  @ValueSource(strings = {"nft", "legacy"})
  void aForwardChainThatEndsInARejectIsOpened(String backend) {
    LAB.restore(
        backend,
        """
        *filter
        -A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        -A FORWARD -j REJECT --reject-with icmp-host-prohibited
        COMMIT
        """);
    take(new Step.SetFirewall(policy));
    assertClosed();
    take(new Step.OpenForwarding(policy));
    assertOpen();
  }

  /** Where all is as wanted nothing is started, and what others filter by isn't read. */
  @Test
  void aHundredThousandRulesOfOthersAreNotRead() {
    StringBuilder input = new StringBuilder("*filter\n");
    for (int i = 0; i < 100_000; i++) {
      input.append("-A INPUT -s 10.%d.%d.%d -j ACCEPT\n".formatted(i >> 16, i >> 8 & 255, i & 255));
    }
    // Behind a rule of others iptables-nft itself would read all of them.
    LAB.restore(
        "nft",
        DOCKER.replace("*filter\n", input.toString()).replaceFirst("-A DOCKER-USER -s .*\n", ""));
    take(new Step.SetFirewall(policy), new Step.OpenForwarding(policy));
    assertOpen();
    try (HostFirewall processless =
        new HostFirewall(
            new Nft(List.of("/nonexistent/nft")),
            new Iptables(List.of("/nonexistent/command"), Path.of("/nonexistent")),
            () -> Conntrack.open(LAB.netns()),
            LAB::nftables,
            Runnable::run,
            Runnable::run,
            null,
            () -> {})) {
      assertThat(processless.holds(policy, true)).isTrue();
      assertThat(processless.isOpen(policy, true)).isTrue();
      assertThat(processless.problems()).isEmpty();
    } finally {
      LAB.restore("nft", DOCKER);
    }
  }

  /** As the daemon runs it: the reconcile thread asks, and never waits. */
  private HostFirewall asking(ExecutorService worker, Iptables iptables, Runnable changed) {
    return new HostFirewall(
        LAB.nft(),
        iptables,
        () -> Conntrack.open(LAB.netns()),
        LAB::nftables,
        worker,
        Runnable::run,
        changed,
        worker::shutdownNow);
  }

  private static FirewallPolicy withoutPeers(FirewallPolicy policy) {
    return new FirewallPolicy(
        policy.vxlanPort(),
        policy.probePort(),
        policy.zones().stream()
            .map(
                zone ->
                    new FirewallPolicy.Zone(
                        zone.vni(), zone.overlaySubnet(), zone.overlays(), zone.local(), Set.of()))
            .collect(Collectors.toSet()),
        policy.known());
  }

  @Test
  void aStuckIptablesDelaysNeitherTheOwnTableNorAnotherPeer(@TempDir Path dir) throws Exception {
    LAB.restore("nft", DOCKER);
    Path gate = dir.resolve("gate");
    LAB.a.ok("mkfifo", gate.toString());
    List<String> stuck = new ArrayList<>(LAB.a.command());
    stuck.addAll(List.of("sh", "-c", "read -r opened <>\"$0\"; exec \"$@\"", gate.toString()));
    AtomicInteger ended = new AtomicInteger();
    ExecutorService worker = Executors.newSingleThreadExecutor();
    try (RandomAccessFile key = new RandomAccessFile(gate.toFile(), "rw");
        HostFirewall daemons =
            asking(
                worker,
                new Iptables(stuck, Path.of("/proc/" + LAB.a.pid() + "/net")),
                ended::incrementAndGet)) {
      MeshLab.take(daemons, new Step.SetFirewall(withoutPeers(policy)));
      MeshLab.take(daemons, new Step.OpenForwarding(withoutPeers(policy)));
      assertThat(daemons.pending()).isTrue();
      assertThat(daemons.isOpen(policy, false)).as("no second request").isTrue();

      MeshLab.take(daemons, new Step.SetFirewall(policy));
      assertThat(daemons.holds(policy, true)).as("the other peer's elements").isTrue();
      assertThat(daemons.pending()).as("iptables hangs still").isTrue();
      assertClosed();

      key.writeBytes("\n".repeat(100));
      await().atMost(Duration.ofMinutes(1)).until(() -> !daemons.pending());
      assertThat(daemons.pending()).isFalse();
      assertThat(daemons.isOpen(policy, false)).isTrue();
      daemons.afterwards();
      assertOpen();
      assertThat(daemons.problems()).isEmpty();
    }
  }

  @Test
  void aHundredThousandLegacyRulesAreWaitedForByNobody() {
    StringBuilder input = new StringBuilder("*filter\n");
    for (int i = 0; i < 100_000; i++) {
      input.append("-A INPUT -s 10.%d.%d.%d -j ACCEPT\n".formatted(i >> 16, i >> 8 & 255, i & 255));
    }
    LAB.restore("legacy", DOCKER.replace("*filter\n", input.toString()));
    AtomicInteger ended = new AtomicInteger();
    ExecutorService worker = Executors.newSingleThreadExecutor();
    try (HostFirewall daemons =
        asking(
            worker,
            new Iptables(LAB.a.command(), Path.of("/proc/" + LAB.a.pid() + "/net")),
            ended::incrementAndGet)) {
      MeshLab.take(daemons, new Step.SetFirewall(policy), new Step.OpenForwarding(policy));
      assertThat(daemons.holds(policy, true)).isTrue();
      await().atMost(Duration.ofMinutes(2)).until(() -> !daemons.pending());
      assertThat(daemons.pending()).isFalse();
      assertThat(daemons.problems()).isEmpty();
      assertThat(daemons.isOpen(policy, false)).isTrue();
      assertOpen();
    } finally {
      LAB.restore("legacy", "*filter\nCOMMIT\n");
    }
  }

  @Test
  void whatPassedEarlierVersionsChainsStillPasses() {
    LAB.restore("nft", DOCKER);
    String before = saved("nft");
    LAB.a.run("iptables-nft", "-N", "VROUTER-MESH");
    for (String chain : List.of("VROUTER-MESH", "DOCKER-USER")) {
      LAB.a.run(
          "iptables-nft",
          "-I",
          chain,
          "-m",
          "comment",
          "--comment",
          "vrouter mesh",
          "-j",
          chain.equals("DOCKER-USER") ? "VROUTER-MESH" : "ACCEPT");
    }
    take(new Step.SetFirewall(policy), new Step.OpenForwarding(policy));
    assertThat(saved("nft")).doesNotContain("VROUTER");
    assertOpen();
    take(new Step.CloseForwarding());
    assertThat(saved("nft")).isEqualTo(before);
  }

  @Test
  void aHostWithoutRulesIsLeftWithoutRules() {
    take(new Step.OpenForwarding(policy));
    assertThat(firewall.isOpen(policy, true)).isTrue();
    assertThat(saved("nft")).doesNotContain("vrouter");
    assertThat(firewall.problems()).isEmpty();
  }

  /** As Docker 29 writes it with its nftables backend, whose own name is kept short here. */
  private static final String DOCKER_29 =
      """
      table ip docker-bridges {
        chain filter-forward-in__br-a1 {
          ct state established,related accept
          %s
          iifname "br-a1" accept
          drop
        }
        chain filter-FORWARD {
          type filter hook forward priority filter; policy accept;
          oifname vmap { "br-a1" : jump filter-forward-in__br-a1 }
        }
        chain raw-PREROUTING {
          type filter hook prerouting priority raw; policy accept;
          ip daddr 172.30.0.2 iifname != "br-a1" %s drop
        }
      }
      """;

  @Test
  void dockersNftablesIsPassedByItsMarkElseReported() {
    try {
      LAB.a.nft(DOCKER_29.formatted("", ""));
      take(new Step.SetFirewall(policy));
      assertThat(firewall.isOpen(policy, true)).as("nothing can be written").isTrue();
      assertThat(firewall.problems()).extracting(Problem::code).containsExactly("docker-nftables");
      assertThat(LAB.b1.pings("172.30.0.2")).isFalse();

      LAB.a.ok("nft", "delete", "table", "ip", "docker-bridges");
      LAB.a.nft(
          DOCKER_29.formatted(
              "meta mark & 0x3 == 0x2 counter accept comment \"ALLOW FW MARK\"",
              "meta mark & 0x3 != 0x2"));
      assertThat(firewall.isOpen(policy, true)).isFalse();
      take(new Step.OpenForwarding(policy));
      assertOpen();
      assertThat(firewall.isOpen(policy, true)).isTrue();
      assertThat(firewall.problems()).isEmpty();
      take(new Step.CloseForwarding());
      assertThat(LAB.a.ok("nft", "list", "tables")).doesNotContain("vrouter-accept");
    } finally {
      LAB.a.ok("nft", "delete", "table", "ip", "docker-bridges");
    }
  }
}
