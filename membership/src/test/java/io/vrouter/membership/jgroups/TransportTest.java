package io.vrouter.membership.jgroups;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.MembershipEvent.Warning;
import io.vrouter.membership.MembershipException;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.crypto.MeshToken;
import io.vrouter.membership.crypto.Verdict.Reason;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jgroups.Message;
import org.jgroups.ObjectMessage;
import org.jgroups.PhysicalAddress;
import org.jgroups.protocols.TpHeader;
import org.jgroups.stack.IpAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stack on real sockets and real multicast, without an engine. */
class TransportTest {
  @TempDir Path directory;
  private Loopback loopback;
  private final List<Node> nodes = new ArrayList<>();

  @BeforeEach
  void begin() throws Exception {
    loopback = new Loopback(directory);
  }

  @AfterEach
  void end() {
    nodes.forEach(node -> node.transport.close());
  }

  /** One stack and what came out of it. */
  private final class Node {
    final JGroupsConfig config;
    final Problems problems;
    final Transport transport;
    final Queue<String> messages = new ConcurrentLinkedQueue<>();
    final Queue<InetSocketAddress> discovered = new ConcurrentLinkedQueue<>();

    Node(JGroupsConfig config) throws Exception {
      this(config, new Recorder());
    }

    Node(JGroupsConfig config, Recorder recorder) throws Exception {
      this.config = config;
      this.problems = new Problems(config.identity().id(), config.nanoTime());
      this.transport =
          new Transport(
              config,
              problems,
              (from, bytes) ->
                  messages.add(from.getPort() + " " + US_ASCII.decode(text(bytes).buffer())),
              discovered::add);
      transport.channel().getProtocolStack().getTransport().setSocketFactory(recorder);
      transport.open();
      transport.swim().askGroup(true);
      nodes.add(this);
    }

    void say(Node to, String text) {
      transport.swim().send(to.config.self(), Insider.message(config.identity().id(), text));
    }

    private static Bytes text(Bytes message) {
      int before = 2 + NodeId.BYTES;
      return message.part(before, message.length() - before);
    }

    String from(String text) {
      return config.port() + " " + text;
    }

    /** The addresses that JGroups holds. */
    Collection<PhysicalAddress> cached() {
      SealedUdp udp = transport.channel().getProtocolStack().findProtocol(SealedUdp.class);
      return udp.cachedAddresses();
    }

    long dropped(Reason reason) {
      return transport.stats().dropped().getOrDefault(reason, 0L);
    }
  }

  private Node node(String name) throws Exception {
    return node(name, Loopback.TOKEN);
  }

  private Node node(String name, MeshToken token) throws Exception {
    return new Node(loopback.config(name, token));
  }

  @Test
  void nodesFindEachOtherByMulticastAndTalk() throws Exception {
    Node a = node("a");
    Node b = node("b");
    await().until(() -> a.discovered.contains(b.config.self()));
    await().until(() -> b.discovered.contains(a.config.self()));
    a.say(b, "hello");
    b.say(a, "good day");
    await().until(() -> b.messages.contains(a.from("hello")));
    await().until(() -> a.messages.contains(b.from("good day")));
  }

  @Test
  void aSlowHostStartsToo() throws Exception {
    AtomicLong now = new AtomicLong();
    JGroupsConfig config = loopback.config("a", Loopback.TOKEN);
    MarshallingCheck.run(
        config.withNanoTime(() -> now.addAndGet(1_000_000_000)), new FrameCheck("m", SWIM.ID), "m");
  }

  @Test
  void whatTheSocketKeepsRefusingIsTold() throws Exception {
    AtomicLong now = new AtomicLong();
    Node a = new Node(loopback.config("a", Loopback.TOKEN).withNanoTime(now::get));
    // From the loopback address nothing leaves this host.
    InetSocketAddress away = new InetSocketAddress("192.0.2.1", 7950);
    Bytes bytes = Bytes.of("hello".getBytes(US_ASCII));
    a.transport.swim().send(away, bytes);
    await().until(() -> a.transport.stats().sendFailures() > 0);
    now.set(SendFailures.PERSISTING);
    a.transport.swim().send(away, bytes);
    await()
        .untilAsserted(
            () ->
                assertThat(a.problems.list())
                    .extracting(Warning::message)
                    .singleElement()
                    .asString()
                    .contains("datagrams to 192.0.2.1:7950 can't be sent: "));
  }

  @Test
  void withoutMulticastTheFirstMessageToAStrangerArrivesNonetheless() throws Exception {
    Node a = new Node(loopback.config("a", Loopback.TOKEN).withMulticast(false));
    Node b = new Node(loopback.config("b", Loopback.TOKEN).withMulticast(false));
    a.say(b, "first");
    await().until(() -> b.messages.contains(a.from("first")));
    assertThat(a.discovered).isEmpty();
  }

  @Test
  void everyMessageOfABurstArrivesOnceAndInDatagramsThatFit() throws Exception {
    Node a = node("a");
    Node b = node("b");
    // Those who meet may miss or hear twice what is said meanwhile.
    String hello = a.from("hello");
    await()
        .until(
            () -> {
              a.say(b, "hello");
              return b.messages.contains(hello);
            });
    String large = "x".repeat(1082);
    for (int i = 0; i < 20; i++) {
      a.say(b, "small " + i);
    }
    a.say(b, large);
    await().until(() -> b.messages.contains(a.from(large)));
    await().until(() -> b.messages.contains(a.from("small 19")));
    assertThat(b.messages)
        .filteredOn(message -> !message.equals(hello))
        .hasSize(21)
        .doesNotHaveDuplicates();
    a.say(b, "x".repeat(1112));
    await().until(() -> a.transport.stats().sendFailures() == 1);
  }

  @Test
  void anotherTokenStaysOutAndIsReported() throws Exception {
    Node a = node("a");
    Node stranger = node("stranger", Loopback.OTHER);
    stranger.say(a, "let me in");
    await().until(() -> a.dropped(Reason.WRONG_KEY) >= 2);
    assertThat(a.messages).isEmpty();
    assertThat(a.discovered).isEmpty();
    assertThat(a.transport.stats().sessions()).isZero();
    await()
        .untilAsserted(
            () -> {
              stranger.say(a, "let me in");
              assertThat(a.problems.list())
                  .extracting(Warning::code)
                  .containsExactly("wrong-token");
            });
  }

  @Test
  void strangersBytesChangeNothing() throws Exception {
    Node a = node("a");
    Node b = node("b");
    SecureRandom random = new SecureRandom();
    for (InetSocketAddress to : List.of(a.config.self(), loopback.group())) {
      for (int length : new int[] {0, 1, 2, 3, 44, 45, 46, 100, 1200, 9000}) {
        byte[] octets = new byte[length];
        random.nextBytes(octets);
        Loopback.send(to, ByteBuffer.wrap(octets));
        if (length > 0) {
          octets[0] = 1;
          Loopback.send(to, ByteBuffer.wrap(octets));
        }
        Loopback.send(to, Insider.plain(new ObjectMessage(new IpAddress(1), new Gadget())));
      }
    }
    b.say(a, "still there?");
    await().until(() -> a.messages.contains(b.from("still there?")));
    assertThat(a.messages).hasSize(1);
    assertThat(a.dropped(Reason.MALFORMED)).isPositive();
    assertThat(Gadget.READ).hasValue(0);
  }

  @Test
  void anInsidersObjectMessageAndHugeLengthDeserializeAndAllocateNothing() throws Exception {
    Node a = node("a");
    Insider insider = new Insider(a.config);
    insider.getAcquainted();
    Message object = new ObjectMessage(Insider.ip(a.config.self()), new Gadget());
    object.setSrc(Insider.ip(insider.self)).putHeader(Insider.transportId(), new TpHeader("m"));
    object.putHeader(SWIM.ID, new SwimHeader());
    insider.send(Frame.compact(Insider.plain(object), insider.self, a.config.self()));
    ByteBuffer huge = insider.ours("12345678901234567890");
    insider.send(huge.putInt(huge.remaining() - 42, Integer.MAX_VALUE));
    insider.send(insider.ours("fine"));
    await().until(() -> a.messages.contains(insider.self.getPort() + " fine"));
    assertThat(a.messages).hasSize(1);
    assertThat(a.transport.stats().unlikely()).isEqualTo(2);
    assertThat(Gadget.READ).hasValue(0);
    insider.close();
  }

  @Test
  void anInsiderSpeaksInNobodysNameButItsOwn() throws Exception {
    Node a = node("a");
    Node b = node("b");
    try (Insider insider = new Insider(a.config)) {
      insider.getAcquainted();
      insider.send(insider.ours(b.config.identity().id(), "I am b"));
      insider.send(insider.ours(a.config.identity().id(), "I am you"));
      insider.send(insider.ours("I am me"));
      await().until(() -> a.messages.contains(insider.self.getPort() + " I am me"));
      assertThat(a.messages).hasSize(1);
      assertThat(a.dropped(Reason.FOREIGN_SENDER)).isEqualTo(2);
    }
  }

  @Test
  void anInsiderThatGoesOnLosesItsSession() throws Exception {
    Node a = node("a");
    try (Insider insider = new Insider(a.config)) {
      insider.getAcquainted();
      for (int i = 0; i < 8; i++) {
        insider.send(insider.ours(a.config.identity().id(), "I am you"));
      }
      insider.send(insider.ours("I am me"));
      await().until(() -> a.dropped(Reason.REFUSED) == 1);
      assertThat(a.problems.list()).extracting(Warning::code).containsExactly("node-misbehaves");
      assertThat(a.messages).isEmpty();
      assertThat(a.transport.stats().sessions()).isZero();
    }
  }

  @Test
  void addressesThatDiscoveryTellsAreNotKept() throws Exception {
    Node a = node("a");
    Node b = node("b");
    await().until(() -> a.discovered.contains(b.config.self()));
    await().until(() -> b.discovered.contains(a.config.self()));
    assertThat(a.cached()).containsExactly(Insider.ip(a.config.self()));
    assertThat(b.cached()).containsExactly(Insider.ip(b.config.self()));
  }

  @Test
  void anAddressWithManySocketsTakesNobodysPlace() throws Exception {
    Node a = new Node(loopback.config("a", Loopback.TOKEN).withSessionsPerAddress(4));
    List<Insider> crowd = new ArrayList<>();
    try (Insider other = new Insider(a.config, InetAddress.getByName("127.0.0.2"))) {
      for (int i = 0; i < 12; i++) {
        Insider one = new Insider(a.config);
        crowd.add(one);
        one.getAcquainted();
      }
      other.getAcquainted();
      other.send(other.ours("hello"));
      await().until(() -> a.messages.contains(other.self.getPort() + " hello"));
      assertThat(a.transport.stats().sessions()).isEqualTo(5);
    } finally {
      crowd.forEach(Insider::close);
    }
  }

  @Test
  void aRecordedMeshReplayedAtARestartedNodeChangesNothing() throws Exception {
    Recorder recorder = new Recorder();
    JGroupsConfig victim = loopback.config("victim", Loopback.TOKEN);
    Node b = new Node(victim, recorder);
    Node a = node("a");
    await().until(() -> b.discovered.contains(a.config.self()));
    a.say(b, "pay 100");
    b.say(a, "paid");
    a.say(b, "pay 200");
    await().until(() -> b.messages.contains(a.from("pay 200")));
    a.transport.close();
    b.transport.close();
    List<byte[]> recording = List.copyOf(recorder.heard);
    assertThat(recording).hasSizeGreaterThanOrEqualTo(4);

    Node restarted = new Node(victim);
    try (DatagramSocket replay = new DatagramSocket(a.config.self())) {
      for (int round = 0; round < 3; round++) {
        for (byte[] octets : recording) {
          replay.send(new DatagramPacket(octets, octets.length, victim.self()));
          replay.send(new DatagramPacket(octets, octets.length, loopback.group()));
        }
      }
      await().until(() -> restarted.transport.stats().received() >= 5L * recording.size());
    }
    assertThat(restarted.messages).isEmpty();
    assertThat(restarted.discovered).isEmpty();
    assertThat(restarted.transport.stats().sessions()).isZero();
    assertThat(restarted.transport.stats().sentBytes())
        .isLessThan(restarted.transport.stats().receivedBytes());
  }

  @Test
  void aPortThatIsTakenIsNamedWithWhatToDo() throws Exception {
    Node a = node("a");
    JGroupsConfig second = loopback.config("second", Loopback.TOKEN).withPort(a.config.port());
    assertThatThrownBy(() -> new Node(second))
        .isInstanceOfSatisfying(
            MembershipException.class,
            e -> {
              assertThat(e.code()).isEqualTo("gossip-port-taken");
              assertThat(e).hasMessageContaining("127.0.0.1:" + a.config.port());
              assertThat(e.fix()).contains("--gossip-port");
            });
  }

  @Test
  void anAddressThatIsNotHereIsNamedWithWhatToDo() throws Exception {
    JGroupsConfig here = loopback.config("a", Loopback.TOKEN);
    JGroupsConfig elsewhere =
        JGroupsConfig.defaults(
            InetAddress.getByName("192.0.2.77"),
            here.keys(),
            here.identity(),
            here.stateDir(),
            here.probe());
    assertThatThrownBy(() -> new Node(elsewhere))
        .isInstanceOfSatisfying(
            MembershipException.class,
            e -> {
              assertThat(e.code()).isEqualTo("underlay-address-missing");
              assertThat(e).hasMessageContaining("192.0.2.77:7950");
              assertThat(e.fix()).contains("--underlay");
            });
  }
}
