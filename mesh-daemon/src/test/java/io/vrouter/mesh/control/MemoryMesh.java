package io.vrouter.mesh.control;

import io.vrouter.mesh.model.Check;
import io.vrouter.mesh.model.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A mesh of three hosts in memory. */
public class MemoryMesh implements MeshApi {
  public static final String SELF = "1a2b3c4d000000000000000000000001";
  public static final String PEER = "5e6f7a8b000000000000000000000002";
  public static final String GONE = "9c0d1e2f000000000000000000000003";
  public static final Instant START = Instant.parse("2026-11-24T10:00:00.123456Z");

  public final List<Consumer<Events.Event>> subscribers = new CopyOnWriteArrayList<>();
  public final List<String> calls = new CopyOnWriteArrayList<>();
  public volatile MemberStatus peerStatus = MemberStatus.ALIVE;
  public volatile List<Problem> problems = List.of();
  public volatile boolean converged = true;
  public volatile String peerName = "tera";
  public volatile Pools pools =
      new Pools(List.of(), "10.128.0.0/10", List.of(), List.of(), Pools.InDaemonJson.NO);
  public volatile Pools wantedPools = pools(true);
  public volatile List<Check> checks =
      List.of(new Check("forwarding", Check.Result.PASS, "is on", ""));

  public final MemoryMaintenance maintenance = new MemoryMaintenance();

  public volatile TestReport report = new TestReport(List.of());

  @Override
  public Optional<Duration> gossip(String nodeId) {
    return Optional.of(Duration.ofNanos(1_250_000));
  }

  @Override
  public TestReport test(boolean speed, Consumer<TestReport.Pair> progress) {
    calls.add(speed ? "test speed" : "test");
    report.pairs().forEach(progress);
    return report;
  }

  public void emit(Events.Event event) {
    subscribers.forEach(subscriber -> subscriber.accept(event));
  }

  public static Events.Event event(String cause) {
    return new Events.Event(
        START, "transition", PEER, "tera", MemberStatus.SUSPECT, MemberStatus.FAILED, cause);
  }

  @Override
  public String version() {
    return "0.1.0";
  }

  Members.Path peerPath =
      new Members.Path(Members.Path.PathHealth.OK, null, 1450, 250L, START.plusSeconds(61));

  @Override
  public Status status() {
    return new Status(SELF, problems, Map.of(MemberStatus.ALIVE, 2), converged);
  }

  @Override
  public Members members(boolean all) {
    List<Members.Member> members = new ArrayList<>();
    members.add(
        new Members.Member(
            SELF,
            "alon",
            MemberStatus.ALIVE,
            "192.168.200.1",
            "10.1.1.1",
            "02:00:00:00:00:01",
            List.of(new Members.Subnet("172.22.0.0/16", 1000, "c_default", "c")),
            "0.1.0",
            START,
            null));
    members.add(
        new Members.Member(
            PEER,
            peerName,
            peerStatus,
            "192.168.200.2",
            null,
            null,
            List.of(new Members.Subnet("172.30.0.0/16", 1000, null, null)),
            "0.1.0",
            START.plusSeconds(60),
            peerPath));
    if (all) {
      members.add(
          new Members.Member(
              GONE,
              "rog",
              MemberStatus.LEFT,
              "192.168.200.3",
              null,
              null,
              List.of(),
              "0.1.0",
              START,
              null));
    }
    return new Members(SELF, members);
  }

  @Override
  public Routes routes() {
    return new Routes(
        List.of(
            new Routes.Route(
                "172.30.0.0/16",
                1000,
                "10.1.1.2",
                "vxlan1000",
                PEER,
                Routes.RouteCondition.INSTALLED)));
  }

  @Override
  public Withdrawn withdrawn() {
    return new Withdrawn(
        List.of(new Withdrawn.WithdrawnPrefix("10.20.0.0/16", PEER, 7_200, 79_200)));
  }

  @Override
  public void forgetPrefix(String prefix) throws MeshApiException {
    calls.add("forget prefix " + prefix);
    if (!prefix.equals("10.20.0.0/16")) {
      throw new MeshApiException(
          new Problem("not-withdrawn", prefix + " is not held back here", "look"));
    }
  }

  @Override
  public Networks networks() {
    return new Networks(
        List.of(
            new Networks.Network(
                "172.22.0.0/16",
                1000,
                "c_default",
                "c",
                SELF,
                Networks.NetworkState.ADVERTISED,
                null),
            new Networks.Network(
                "10.1.1.0/25",
                1000,
                null,
                null,
                PEER,
                Networks.NetworkState.REFUSED,
                "overlay subnet")));
  }

  @Override
  public Conflicts conflicts() {
    return new Conflicts(
        List.of(
            new Conflicts.Conflict(
                "prefix", "172.30.0.0/16", PEER, SELF, "tera claimed it first", "renumber alon")));
  }

  @Override
  public Events events() {
    return new Events(List.of(event("no answer")));
  }

  @Override
  public Subscription subscribe(Consumer<Events.Event> consumer) {
    subscribers.add(consumer);
    return () -> subscribers.remove(consumer);
  }

  @Override
  public Optional<Duration> ping(String nodeId, Duration timeout) {
    calls.add("ping " + nodeId);
    return peerStatus == MemberStatus.ALIVE
        ? Optional.of(Duration.ofNanos(345_678))
        : Optional.empty();
  }

  @Override
  public Doctor doctor() {
    return new Doctor(checks);
  }

  @Override
  public PlanReport plan() throws MeshApiException {
    if (!converged) {
      throw new MeshApiException(
          new Problem("dump-failed", "the kernel was not read", "see the log"));
    }
    return new PlanReport(
        List.of(
            new PlanReport.Step(
                "netlink", "route add 172.30.0.0/16 via 10.1.1.2 dev vxlan1000", "tera")));
  }

  @Override
  public void leave() {
    calls.add("leave");
  }

  @Override
  public void end() {
    calls.add("end");
  }

  @Override
  public void rotateTunnelKey() {
    calls.add("rotate tunnel key");
  }

  @Override
  public void forget(String nodeId) {
    calls.add("forget " + nodeId);
  }

  @Override
  public Pools pools() {
    return pools;
  }

  @Override
  public void wantPoolRange() {
    calls.add("want range");
    pools = wantedPools;
  }

  @Override
  public Pools.Applied applyPools() throws MeshApiException {
    calls.add("apply pools");
    if (!converged) {
      throw new MeshApiException(new Problem("daemon-json", "is no JSON", "correct it"));
    }
    return new Pools.Applied("/etc/docker/daemon.json", true, List.of("172.80.0.0/16 size 24"));
  }

  @Override
  public SubnetClaim claimSubnet(String name) {
    calls.add("claim " + name);
    return new SubnetClaim(name, "10.130.127.0/24");
  }

  @Override
  public SubnetClaim releaseSubnet(String name) {
    calls.add("release " + name);
    return new SubnetClaim(name, "10.130.127.0/24");
  }

  /** A host's part in the pool. */
  public static Pools pools(boolean acknowledged) {
    return new Pools(
        List.of(new Pools.DockerPool("10.130.64.0/18", 24)),
        "10.128.0.0/10",
        List.of(new Pools.Range("10.130.64.0/18", acknowledged)),
        List.of(new Pools.Named("shop", "10.130.127.0/24")),
        Pools.InDaemonJson.YES);
  }

  public volatile List<String> laggards = List.of();

  @Override
  public KeysApi keys() {
    return new KeysApi() {
      @Override
      public Keys keys() {
        return new Keys(
            List.of(
                new Keys.KeyEpoch(2, "0a1b2c3d", "current", 90, SELF, List.of(SELF)),
                new Keys.KeyEpoch(1, "4e5f6a7b", "overlap", 90, PEER, List.of(PEER))),
            laggards,
            List.of(new Keys.BanWord(GONE, null, true), new Keys.BanWord(PEER, SELF, false)),
            true);
      }

      @Override
      public Tokens tokens() {
        return new Tokens(
            List.of(
                new Tokens.ListedToken("0011223344556677", "original", "revoked", null, null),
                new Tokens.ListedToken("8899aabbccddeeff", "once", "open", SELF, 3600L)));
      }

      @Override
      public Keys rotate(boolean keepTokens) {
        calls.add("rotate " + keepTokens);
        return keys();
      }

      @Override
      public boolean ban(String nodeId) {
        calls.add("ban " + nodeId);
        return nodeId.equals(PEER);
      }

      @Override
      public IssuedToken createToken(
          List<String> seeds, @Nullable Duration lifetime, boolean once) {
        calls.add("token " + seeds + " " + lifetime + " " + once);
        return new IssuedToken("8899aabbccddeeff", "vr1_secret");
      }

      @Override
      public void revokeToken(String id) {
        calls.add("revoke " + id);
      }
    };
  }

  @Override
  public PolicyView policy() {
    return new PolicyView(
        "Zm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm9",
        3,
        List.of(
            new PolicyView.GrantedNode(PEER, List.of("172.30.0.0/16"), List.of("1000")),
            new PolicyView.GrantedNode("*", List.of(), List.of("any"))));
  }

  @Override
  public PolicyView applyPolicy(String signed) {
    calls.add("policy " + signed);
    return policy();
  }

  @Override
  public TokenView token() {
    return new TokenView("mesh", "0011223344556677");
  }

  @Override
  public ConfigView config() {
    return new ConfigView(List.of(new ConfigView.Setting("vni", "1000", "default")));
  }
}
