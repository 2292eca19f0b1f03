package io.vrouter.mesh.lab;

import io.vrouter.membership.Addresses;
import io.vrouter.membership.Bytes;
import io.vrouter.membership.DataPathProbe.Answer;
import io.vrouter.membership.Member;
import io.vrouter.membership.MemberRecord.Intent;
import io.vrouter.membership.MemberState;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.crypto.KeyBook;
import io.vrouter.membership.crypto.MeshToken;
import io.vrouter.membership.crypto.NodeIdentity;
import io.vrouter.membership.crypto.SeededSigner;
import io.vrouter.membership.jgroups.JGroupsConfig;
import io.vrouter.membership.jgroups.Liar;
import io.vrouter.membership.wire.News;
import io.vrouter.membership.wire.Standing;
import io.vrouter.membership.wire.SwimMessage;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vni;
import io.vrouter.mesh.record.HostRecord;
import io.vrouter.mesh.record.HostRecords;
import io.vrouter.mesh.record.Lamport;
import io.vrouter.mesh.record.Overlay;
import io.vrouter.mesh.record.RecordException;
import io.vrouter.mesh.record.Subnet;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A holder of the token with four identities: {@code OWN-ADDRESS HONEST-ADDRESS...}, the token in
 * {@code MESH_TOKEN}. Joins with the first, prints {@code joined}; at the line {@code lie} it lies
 * {@link #ROUNDS} times, 10 ms apart, and prints how often so far. It stays a member until it is
 * killed.
 */
final class LyingHost {
  static final int ROUNDS = 4_000;
  static final int INVENTED = 400;

  private static final List<Standing> STANDINGS = List.of(Standing.values());
  private static final Vni MESH = new Vni(1000);
  private static final long PACE_NANOS = 10_000_000;
  private static final int ROUNDS_OF_A_RECORD = 150;

  private final InetAddress own;
  private final List<InetSocketAddress> honest;
  private final MeshToken token;
  private final SplittableRandom random = new SplittableRandom(1);
  private final List<Liar> liars = new ArrayList<>();
  private final List<SeededSigner> invented =
      IntStream.range(0, INVENTED).mapToObj(SeededSigner::new).toList();

  private LyingHost(InetAddress own, List<InetSocketAddress> honest, MeshToken token) {
    this.own = own;
    this.honest = honest;
    this.token = token;
  }

  public static void main(String[] args) throws Exception {
    List<InetSocketAddress> honest =
        Stream.of(args).skip(1).map(a -> new InetSocketAddress(a, 7950)).toList();
    MeshToken token = MeshToken.parse(System.getenv("MESH_TOKEN"));
    new LyingHost(InetAddress.getByName(args[0]), honest, token).run();
  }

  private void run() throws Exception {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    invented.forEach(each -> System.out.println("identity " + each.id().abbreviated()));
    // A host as any other, at first.
    Liar first = join(0, record(own, 1_000, List.of(), subnets(1, "10.99.%d.0/24", 1_000)));
    while (victims(first).size() < honest.size()) {
      LockSupport.parkNanos(PACE_NANOS);
    }
    System.out.println("joined");
    in.readLine();
    List<HostRecord> records = new ArrayList<>();
    for (Member victim : victims(first)) {
      records.add(decoded(victim));
    }
    // What each claims is its first word: nothing older makes it void.
    List<Overlay> taken =
        records.stream().flatMap(it -> it.overlays().stream()).map(LyingHost::first).toList();
    List<Subnet> stolen =
        records.stream().flatMap(it -> it.subnets().stream()).map(it -> it.numbered(1)).toList();
    join(1, record(own, 1, taken.subList(0, 1), stolen));
    join(2, record(own, Lamport.MAX, taken.subList(1, 2), raised(stolen)));
    Liar forger = join(3, record(honest.get(0).getAddress(), 1, taken.subList(2, 3), stolen));
    List<HostRecord> claims = claims(stolen);
    for (int round = 0; round < ROUNDS; round++) {
      LockSupport.parkNanos(PACE_NANOS);
      if (round % ROUNDS_OF_A_RECORD == 0) {
        Bytes claim = HostRecords.encode(claims.get(round / ROUNDS_OF_A_RECORD % claims.size()));
        first.publish(claim);
      }
      for (InetSocketAddress to : honest) {
        lie(liars.get(round % 3), to, round);
      }
      if (round % 500 == 0) {
        forge(forger);
        System.out.printf("%d lies%n", round);
      }
    }
    System.out.println(ROUNDS + " lies");
    in.readLine();
  }

  private Liar join(int number, HostRecord record) throws Exception {
    Path state = Path.of("/var/lib/liar" + number);
    NodeIdentity identity = NodeIdentity.open(state, new SecureRandom());
    JGroupsConfig config =
        JGroupsConfig.defaults(
                own,
                KeyBook.empty(token, identity, new SecureRandom(), System::nanoTime),
                identity,
                state,
                (peer, answer) -> answer.accept(Answer.UNKNOWN))
            .withMulticast(false)
            .withPort(JGroupsConfig.DEFAULT_PORT + number);
    Liar liar = new Liar(config, HostRecords.encode(record), honest);
    System.out.println("identity " + liar.id().abbreviated());
    liars.add(liar);
    return liar;
  }

  /** The honest hosts whose records came. */
  private List<Member> victims(Liar liar) {
    return liar.view().members().values().stream()
        .filter(it -> honest.contains(it.record().endpoint()) && it.state() == MemberState.ALIVE)
        .filter(it -> !decoded(it).overlays().isEmpty())
        .toList();
  }

  private static HostRecord decoded(Member member) {
    try {
      return HostRecords.decode(member.record().payload());
    } catch (RecordException e) {
      throw new IllegalStateException("an honest host's record", e);
    }
  }

  /** Rumours of all kinds, an invented identity, and questions that cost an answer. */
  private void lie(Liar liar, InetSocketAddress to, int round) {
    List<Member> victims = victims(liar);
    if (victims.isEmpty()) {
      return;
    }
    List<News> rumours = new ArrayList<>();
    for (Member victim : victims) {
      Standing standing = STANDINGS.get(random.nextInt(STANDINGS.size()));
      NodeId by =
          random.nextBoolean()
              ? new NodeId(random.nextLong(), random.nextLong())
              : victims.get(random.nextInt(victims.size())).id();
      for (NodeId accuser : List.of(by, liar.id())) {
        rumours.add(new News.Rumor(standing, victim.id(), victim.record().incarnation(), accuser));
      }
    }
    liar.say(to, new SwimMessage.Gossip(liar.id(), rumours));
    liar.say(to, new SwimMessage.Gossip(liar.id(), List.of(invention(liar, round))));
    liar.say(
        to, new SwimMessage.Pull(liar.id(), victims.stream().map(Member::id).toList(), List.of()));
    liar.say(to, new SwimMessage.Digest(liar.id(), List.of(random.nextLong()), List.of()));
    liar.say(
        to,
        new SwimMessage.PingReq(
            liar.id(), round, honest.get(random.nextInt(honest.size())), List.of()));
    for (Member victim : victims) {
      liar.say(
          to,
          new SwimMessage.ProxyPing(liar.id(), round, victim.id(), random.nextLong(), List.of()));
    }
  }

  /** At the liar's address, a free one of the LAN, or an honest host's endpoint. */
  private News invention(Liar liar, int round) {
    int number = round % INVENTED;
    InetSocketAddress there =
        switch (number % 3) {
          case 0 -> new InetSocketAddress(own, 10_000 + number);
          case 1 -> new InetSocketAddress("192.168.200." + (100 + number % 100), 7950);
          default -> honest.get(number % honest.size());
        };
    String form = "10." + (number % 100 + 100) + ".%d.%d/28";
    List<Subnet> many =
        IntStream.range(0, 400)
            .mapToObj(i -> subnet(form.formatted(i / 16, i % 16 * 16), 1))
            .toList();
    HostRecord record = record(there.getAddress(), 1, List.of(), many);
    return liar.invent(
        invented.get(number), 1L << 32 | round / INVENTED, there, HostRecords.encode(record));
  }

  /** An honest host's words to leave, signed by another: eight in a minute end the session. */
  private void forge(Liar forger) {
    for (Member victim : victims(forger)) {
      News news = forger.forge(victim.record(), Intent.LEAVE, invented.get(0));
      honest.forEach(to -> forger.say(to, new SwimMessage.Gossip(forger.id(), List.of(news))));
    }
  }

  /** The records of an accepted member, one after the other; its numbers rise. */
  private List<HostRecord> claims(List<Subnet> stolen) throws IOException {
    InetAddress inside = InetAddress.getByName("172.31.0.9");
    List<Subnet> wide =
        Stream.of("8.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "192.168.200.0/24")
            .map(it -> subnet(it, 2_000))
            .toList();
    return List.of(
        record(own, 2_000, List.of(), wide),
        record(own, 3_000, List.of(), subnets(256, "8.8.%d.0/24", 3_000)),
        record(own, 4_000, List.of(), subnets(512, "10.%d.%d.0/24", 4_000)),
        record(own, 5_000, List.of(), numbered(stolen, 5_000)),
        record(inside, 6_000, List.of(), subnets(1, "10.99.%d.0/24", 6_000)),
        record(honest.get(1).getAddress(), 7_000, List.of(), numbered(stolen, 7_000)),
        record(own, 1, List.of(), stolen),
        record(own, Lamport.MAX, List.of(), raised(stolen)));
  }

  private static List<Subnet> subnets(int count, String form, long lamport) {
    boolean two = form.indexOf("%d") != form.lastIndexOf("%d");
    return IntStream.range(0, count)
        .mapToObj(
            i -> subnet(two ? form.formatted(90 + i / 256, i % 256) : form.formatted(i), lamport))
        .toList();
  }

  private static Subnet subnet(String prefix, long lamport) {
    return new Subnet(Prefix.parse(prefix), MESH, "lies", "lies", null, lamport);
  }

  private static List<Subnet> numbered(List<Subnet> subnets, long lamport) {
    return subnets.stream().map(it -> it.numbered(lamport)).toList();
  }

  private static List<Subnet> raised(List<Subnet> subnets) {
    return numbered(subnets, Lamport.MAX);
  }

  private static Overlay first(Overlay overlay) {
    return new Overlay(overlay.vni(), overlay.address(), 1);
  }

  private HostRecord record(
      InetAddress underlay, long lamport, List<Overlay> overlays, List<Subnet> subnets) {
    List<Overlay> all =
        overlays.isEmpty() ? List.of(new Overlay(MESH, overlay(), lamport)) : overlays;
    return new HostRecord("liar", "0", underlay, 4789, all, subnets);
  }

  private static InetAddress overlay() {
    return Addresses.parse("10.1.1.77");
  }
}
