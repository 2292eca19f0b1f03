package io.vrouter.membership.jgroups;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The kernel's own choice of a socket, on the loopback interface. */
class MemberSocketsTest {
  private static final int FLOOD = 5_000;

  private final Queue<String> heard = new ConcurrentLinkedQueue<>();
  private InetSocketAddress here;
  private MulticastSocket shared;
  private DatagramSocket member;
  private DatagramSocket stranger;
  private MemberSockets sockets;

  @BeforeEach
  void open() throws IOException {
    here = new InetSocketAddress(Loopback.HOST, Loopback.freePort());
    shared = new MulticastSocket(null);
    MemberSockets.bindShared(shared, here);
    member = new DatagramSocket(0, Loopback.HOST);
    stranger = new DatagramSocket(0, Loopback.HOST);
    sockets =
        new MemberSockets(
            here,
            SealedUdp.SOCKET_BUFFER,
            (from, data, offset, length) ->
                heard.add(from.getPort() + ":" + new String(data, offset, length, US_ASCII)));
  }

  @AfterEach
  void close() {
    sockets.close();
    List.of(shared, member, stranger).forEach(DatagramSocket::close);
  }

  private void say(DatagramSocket from, String text) throws IOException {
    byte[] octets = text.getBytes(US_ASCII);
    from.send(new DatagramPacket(octets, octets.length, here));
  }

  private static InetSocketAddress at(DatagramSocket socket) {
    return new InetSocketAddress(socket.getLocalAddress(), socket.getLocalPort());
  }

  /** Nobody reads the shared socket, so its buffer overflows. */
  @Test
  void aMemberIsHeardThroughAFloodOfOthers() throws IOException {
    assertThat(sockets.follow(Set.of(at(member)))).isTrue();
    for (int i = 0; i < FLOOD; i++) {
      say(stranger, "flood");
    }
    for (int i = 0; i < 20; i++) {
      say(member, "m" + i);
    }
    await().until(() -> heard.size() == 20);
    assertThat(heard).allMatch(it -> it.startsWith(member.getLocalPort() + ":m"));
  }

  @Test
  void whoIsNoMemberAnyMoreIsHeardByTheSharedSocket() throws IOException {
    sockets.follow(Set.of(at(member)));
    say(member, "first");
    await().until(() -> heard.size() == 1);
    sockets.follow(Set.of());
    assertThat(sockets.size()).isZero();
    shared.setSoTimeout(50);
    await().until(() -> sharedHears("second"));
    assertThat(heard).hasSize(1);
  }

  /** What was under way when its socket was closed is lost. */
  private boolean sharedHears(String text) throws IOException {
    say(member, text);
    DatagramPacket packet = new DatagramPacket(new byte[100], 100);
    try {
      shared.receive(packet);
    } catch (SocketTimeoutException e) {
      return false;
    }
    return new String(packet.getData(), 0, packet.getLength(), US_ASCII).equals(text);
  }

  @Test
  void aMemberWhosePortIsClosedDisturbsNobody() throws IOException {
    sockets.follow(Set.of(at(member), at(stranger)));
    InetSocketAddress gone = at(stranger);
    stranger.close();
    byte[] octets = {1};
    for (int i = 0; i < 5; i++) {
      shared.send(new DatagramPacket(octets, 1, gone)); // answered by port unreachable
    }
    say(member, "still here");
    await().until(() -> heard.size() == 1);
    stranger = new DatagramSocket(gone.getPort(), Loopback.HOST);
    say(stranger, "back");
    await().until(() -> heard.size() == 2);
  }

  /** A socket of another program, which does not share ports, keeps the port and is kept out. */
  @Test
  void thePortIsSharedWithOurOwnSocketsOnly() {
    assertThatThrownBy(() -> new DatagramSocket(here.getPort(), Loopback.HOST))
        .isInstanceOf(BindException.class);
    assertThatThrownBy(
            () -> {
              try (DatagramSocket reusing = new DatagramSocket(null)) {
                reusing.setReuseAddress(true);
                reusing.bind(here);
              }
            })
        .isInstanceOf(BindException.class);
  }

  @Test
  void thereAreAsManyAsAllowed() throws IOException {
    Set<InetSocketAddress> many = new java.util.HashSet<>();
    for (int i = 0; i < MemberSockets.MOST + 10; i++) {
      many.add(new InetSocketAddress(Loopback.HOST, 1 + i));
    }
    assertThat(sockets.follow(many)).isTrue();
    assertThat(sockets.size()).isEqualTo(MemberSockets.MOST);
  }
}
