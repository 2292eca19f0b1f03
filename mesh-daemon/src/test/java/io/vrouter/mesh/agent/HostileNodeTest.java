package io.vrouter.mesh.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import io.vrouter.mesh.apply.FakeFirewall;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.plan.FormerSetting;
import io.vrouter.mesh.plan.KernelState;
import io.vrouter.mesh.plan.Wanted;
import io.vrouter.mesh.plan.Worlds;
import io.vrouter.netlink.RtNetlink;
import io.vrouter.netlink.fake.FakeKernel;
import io.vrouter.netlink.lab.Await;
import io.vrouter.netlink.route.RouteFilter;
import io.vrouter.netlink.wire.Family;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that was taken over tries everything that its socket lets it. */
class HostileNodeTest {
  @TempDir private Path directory;

  private final FakeKernel kernel = AgentWorld.kernel();
  private final RtNetlink netlink = kernel.open();
  private final RtNetlink looking = kernel.open();
  private final FakeFirewall firewall = new FakeFirewall();
  private final AtomicLong now = new AtomicLong(1);
  private final List<FormerSetting> former = new ArrayList<>();
  private Path socket = Path.of("");
  private @Nullable AgentServer server;

  @BeforeEach
  void open() throws IOException {
    socket = directory.resolve("agent.sock");
    serve(AgentWorld.policy());
  }

  private void serve(AgentPolicy policy) throws IOException {
    server =
        AgentServer.open(
            socket,
            policy,
            netlink,
            firewall,
            new FakeFirewall(),
            family -> Optional.of(Map.of()),
            Optional.empty(),
            new FormerStore() {
              @Override
              public List<FormerSetting> load() {
                return List.copyOf(former);
              }

              @Override
              public void save(List<FormerSetting> settings) {
                former.clear();
                former.addAll(settings);
              }
            },
            new FactBoard(List::of),
            Set::of,
            now::get);
  }

  private AgentServer server() {
    return Objects.requireNonNull(server);
  }

  @AfterEach
  void close() {
    server().close();
    netlink.close();
    looking.close();
  }

  /** A connection as a hostile node makes it: any octets. */
  private static final class Wire implements AutoCloseable {
    private final SocketChannel channel;

    Wire(Path socket) throws IOException {
      channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    }

    Wire hello(String node) throws IOException {
      assertThat(ask(new AgentRequest.Hello(AgentRequest.VERSION, node)))
          .isInstanceOf(AgentReply.Welcome.class);
      return this;
    }

    void frame(byte[] octets) throws IOException {
      ByteBuffer all = ByteBuffer.allocate(4 + octets.length).putInt(octets.length).put(octets);
      raw(all.array());
    }

    void raw(byte[] octets) throws IOException {
      ByteBuffer all = ByteBuffer.wrap(octets);
      while (all.hasRemaining()) {
        channel.write(all);
      }
    }

    AgentReply ask(AgentRequest request) throws IOException {
      frame(MessageCodec.encode(request));
      return MessageCodec.reply(read());
    }

    private byte[] read() throws IOException {
      ByteBuffer length = ByteBuffer.allocate(4);
      fill(length);
      ByteBuffer all = ByteBuffer.allocate(length.flip().getInt());
      fill(all);
      return all.array();
    }

    private void fill(ByteBuffer buffer) throws IOException {
      while (buffer.hasRemaining()) {
        if (channel.read(buffer) < 0) {
          throw new IOException("closed");
        }
      }
    }

    /** Whether the agent closes the connection, unasked. */
    boolean isClosed() {
      try {
        return channel.read(ByteBuffer.allocate(1)) < 0;
      } catch (IOException e) {
        return true;
      }
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  private void assertServes() {
    Await.until(
        "a place",
        () -> {
          try (Wire wire = new Wire(socket)) {
            wire.hello("aaaaaaaa");
            return wire.ask(new AgentRequest.Stands()) instanceof AgentReply.Answer;
          } catch (IOException e) {
            return false;
          }
        });
  }

  /** A connection, as soon as the place of an earlier one is free. */
  private Wire awaitWelcome() {
    AtomicReference<@Nullable Wire> found = new AtomicReference<>();
    Await.until(
        "a place",
        () -> {
          Wire wire = new Wire(socket);
          try {
            found.set(wire.hello("aaaaaaaa"));
            return true;
          } catch (IOException e) {
            wire.close();
            return false;
          }
        });
    return Objects.requireNonNull(found.get());
  }

  private static KernelState honest() {
    return AgentWorld.desired("172.31.0.0/16").kernel();
  }

  private static KernelState greedy() {
    KernelState honest = honest();
    List<Wanted.Route> routes = new ArrayList<>(honest.routes());
    for (String prefix : List.of("0.0.0.0/0", "8.8.0.0/16", "192.0.2.0/24")) {
      routes.add(
          new Wanted.Route(
              Prefix.parse(prefix),
              Worlds.ip("10.1.1.2"),
              "vxlan1000",
              158,
              Worlds.VNI,
              Worlds.id(2),
              null));
    }
    return new KernelState(
        honest.devices(),
        honest.addresses(),
        honest.floods(),
        honest.fdb(),
        honest.neighbors(),
        routes,
        honest.forwarding(),
        honest.vteps(),
        honest.goneMacs(),
        honest.firewall());
  }

  private List<String> routes() {
    return looking
        .routes(RouteFilter.all(Family.AF_INET), route -> route.protocol() == 158)
        .entries()
        .stream()
        .map(route -> route.destination().getHostAddress() + "/" + route.prefixLength())
        .toList();
  }

  @Test
  void takesTheAllowedPartAndNothingElse() throws IOException {
    try (Wire wire = new Wire(socket).hello("aaaaaaaa")) {
      AgentReply reply = wire.ask(new AgentRequest.Apply(1, greedy(), List.of()));
      assertThat(reply).isInstanceOf(AgentReply.Applied.class);
      assertThat(((AgentReply.Applied) reply).failed()).isEmpty();
      assertThat(((AgentReply.Applied) reply).refused())
          .extracting(Ruling.Refusal::object)
          .containsExactlyInAnyOrder(
              "route 0.0.0.0/0 metric 158",
              "route 8.8.0.0/16 metric 158",
              "route 192.0.2.0/24 metric 158");
    }
    assertThat(routes()).containsExactly("172.31.0.0/16");
    assertThat(firewall.policy).isNotNull();
  }

  @Test
  void keepsTheKernelWhenTheNodeDiesAndServesTheNext() throws IOException {
    try (Wire wire = new Wire(socket).hello("aaaaaaaa")) {
      wire.ask(new AgentRequest.Apply(1, honest(), List.of()));
    }
    assertServes();
    kernel.forgetWrites();
    try (Wire next = new Wire(socket).hello("bbbbbbbb")) {
      next.ask(new AgentRequest.Apply(1, honest(), List.of()));
    }
    assertThat(kernel.writes()).isEmpty();
    assertThat(routes()).containsExactly("172.31.0.0/16");
  }

  @Test
  void aReplayedWriteIsRefused() throws IOException {
    try (Wire wire = new Wire(socket).hello("aaaaaaaa")) {
      byte[] first = MessageCodec.encode(new AgentRequest.Apply(5, honest(), List.of()));
      wire.frame(first);
      assertThat(MessageCodec.reply(wire.read())).isInstanceOf(AgentReply.Applied.class);
      wire.ask(new AgentRequest.Remove(6));
      wire.frame(first);
      assertThat(MessageCodec.reply(wire.read())).isInstanceOf(AgentReply.Refused.class);
      assertThat(routes()).isEmpty();
    }
  }

  @Test
  void anotherNodeAndAnotherVersionAreRefused() throws IOException {
    try (Wire wire = new Wire(socket).hello("aaaaaaaa");
        Wire other = new Wire(socket);
        Wire older = new Wire(socket);
        Wire mute = new Wire(socket)) {
      assertThat(other.ask(new AgentRequest.Hello(AgentRequest.VERSION, "bbbbbbbb")))
          .isInstanceOf(AgentReply.Refused.class);
      assertThat(other.isClosed()).isTrue();
      assertThat(older.ask(new AgentRequest.Hello(99, "aaaaaaaa")))
          .isInstanceOf(AgentReply.Refused.class);
      assertThat(mute.ask(new AgentRequest.Remove(1))).isInstanceOf(AgentReply.Refused.class);
      assertThat(wire.ask(new AgentRequest.Stands())).isInstanceOf(AgentReply.Answer.class);
    }
  }

  @Test
  void hugeAndImpossibleLengthsEndTheConnection() throws IOException {
    for (int length : new int[] {0, -1, MessageCodec.LIMIT + 1, Integer.MAX_VALUE}) {
      try (Wire wire = new Wire(socket).hello("aaaaaaaa")) {
        wire.raw(ByteBuffer.allocate(4).putInt(length).array());
        assertThat(wire.isClosed()).isTrue();
      }
    }
    assertServes();
  }

  @Test
  void aMillionEntriesEndTheConnection() throws IOException {
    for (boolean objects : new boolean[] {true, false}) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try (JsonGenerator json = new CBORFactory().createGenerator(out)) {
        json.writeStartObject();
        json.writeStringField("kind", "apply");
        json.writeArrayFieldStart("later");
        for (int i = 0; i < 1_500_000; i++) {
          if (objects) {
            json.writeStartObject();
            json.writeEndObject();
          } else {
            json.writeString("");
          }
        }
        json.writeEndArray();
        json.writeEndObject();
      }
      try (Wire wire = new Wire(socket).hello("aaaaaaaa")) {
        wire.frame(out.toByteArray());
        assertThat(wire.isClosed()).isTrue();
      }
    }
    assertServes();
    assertThat(kernel.writes()).isEmpty();
  }

  @Test
  void gapsAndGarbageEndTheConnection() throws IOException {
    byte[] good = MessageCodec.encode(new AgentRequest.Apply(1, honest(), List.of()));
    Random random = new Random(1);
    for (int i = 0; i < 200; i++) {
      byte[] bad = good.clone();
      for (int j = 0; j <= i % 5; j++) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt();
      }
      try {
        MessageCodec.request(bad);
      } catch (IOException e) {
        assertThat(e).isNotNull();
      }
    }
    try (Wire wire = new Wire(socket).hello("aaaaaaaa")) {
      wire.frame(new byte[] {(byte) 0xa1, 0x61, 0x6b});
      assertThat(wire.isClosed()).isTrue();
    }
    assertServes();
  }

  @Test
  void slowAndManyConnectionsHoldNobodyUp() throws IOException {
    List<Wire> held = new ArrayList<>();
    try {
      for (int i = 0; i < AgentServer.CONNECTIONS - 1; i++) {
        Wire wire = new Wire(socket);
        wire.raw(new byte[] {0, 0});
        held.add(wire);
      }
      assertServes();
      Wire last = awaitWelcome();
      held.add(last);
      try (Wire over = new Wire(socket)) {
        assertThat(over.isClosed()).isTrue();
      }
      assertThat(last.ask(new AgentRequest.Stands())).isInstanceOf(AgentReply.Answer.class);
    } finally {
      for (Wire wire : held) {
        wire.close();
      }
    }
    assertServes();
  }

  @Test
  void aLeaseThatEndsTakesTheDataPathAndLeavesTheFirewall() throws IOException {
    server().close();
    AgentPolicy policy = AgentWorld.policy();
    serve(AgentPolicyFile.parse("lease: 1h\n", policy));
    try (Wire wire = new Wire(socket).hello("aaaaaaaa")) {
      wire.ask(new AgentRequest.Apply(1, honest(), List.of()));
      assertThat(routes()).containsExactly("172.31.0.0/16");
    }
    now.addAndGet(3_599_000_000_000L);
    assertServes();
    assertThat(routes()).containsExactly("172.31.0.0/16");
    now.addAndGet(3_601_000_000_000L);
    Await.until("the end of the lease", () -> routes().isEmpty());
    assertThat(firewall.policy).isNotNull();
  }

  @Test
  void theSocketIsTheNodesOnly() throws IOException {
    assertThat(Files.getPosixFilePermissions(socket)).hasSize(2);
    server().close();
    serve(AgentPolicyFile.parse("node-user: 4242\n", AgentWorld.policy()));
    try (Wire wire = new Wire(socket)) {
      assertThat(wire.isClosed()).isTrue();
    }
    assertThat(Files.getAttribute(socket, "unix:uid")).isEqualTo(4242);
  }
}
