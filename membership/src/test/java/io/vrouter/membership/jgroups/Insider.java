package io.vrouter.membership.jgroups;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.Signer;
import io.vrouter.membership.crypto.SealedLink;
import io.vrouter.membership.crypto.SeededSigner;
import io.vrouter.membership.crypto.Verdict;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.List;
import org.jgroups.BytesMessage;
import org.jgroups.Message;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.TP;
import org.jgroups.protocols.TpHeader;
import org.jgroups.stack.IpAddress;
import org.jgroups.util.ByteArrayDataOutputStream;
import org.jgroups.util.Util;

/** A holder of the token who seals what no node of ours would send. */
final class Insider implements AutoCloseable {
  private final DatagramSocket socket;
  final InetSocketAddress self;
  private final InetSocketAddress victim;
  private final Signer signer = new SeededSigner(new SecureRandom().nextLong());
  private final SealedLink link;

  Insider(JGroupsConfig victim) throws Exception {
    this(victim, Loopback.HOST);
  }

  Insider(JGroupsConfig victim, InetAddress at) throws Exception {
    this.socket = new DatagramSocket(0, at);
    this.self = (InetSocketAddress) socket.getLocalSocketAddress();
    this.victim = victim.self();
    this.link =
        new SealedLink(
            victim.keys().sibling(signer),
            signer,
            new SealedLink.LinkConfig(List.of(self), null, 4),
            new SecureRandom(),
            System::nanoTime);
    socket.setSoTimeout(5_000);
  }

  NodeId id() {
    return signer.id();
  }

  /** A message of this text in this node's name. */
  ByteBuffer ours(String text) throws Exception {
    return ours(id(), text);
  }

  /** A message of this text in the name of any node. */
  ByteBuffer ours(NodeId from, String text) throws Exception {
    Message message = new BytesMessage(ip(victim), message(from, text).toArray());
    message.setSrc(ip(self)).putHeader(transportId(), new TpHeader("m"));
    message.putHeader(SWIM.ID, new SwimHeader());
    return Frame.compact(plain(message), self, victim);
  }

  /** What {@code Codec} writes first: version, type, sender; then a text. */
  static Bytes message(NodeId from, String text) {
    return Bytes.written(
        2 + NodeId.BYTES + text.length(),
        out -> out.put((byte) 1).put((byte) 0).put(from.toBytes()).put(text.getBytes(US_ASCII)));
  }

  /** Answers the challenge, with a frame that isn't one. */
  void getAcquainted() throws Exception {
    send(ByteBuffer.allocate(64));
    DatagramPacket packet = new DatagramPacket(new byte[1500], 1500);
    socket.receive(packet);
    var reply =
        (Verdict.Reply)
            link.open(victim, ByteBuffer.wrap(packet.getData(), 0, packet.getLength()).slice());
    transmit(reply.datagrams().get(0));
  }

  void send(ByteBuffer frame) throws Exception {
    transmit(link.seal(victim, frame));
  }

  private void transmit(ByteBuffer datagram) throws Exception {
    byte[] octets = new byte[datagram.remaining()];
    datagram.duplicate().get(octets);
    socket.send(new DatagramPacket(octets, octets.length, victim));
  }

  @Override
  public void close() {
    socket.close();
  }

  static IpAddress ip(InetSocketAddress address) {
    return new IpAddress(address.getAddress(), address.getPort());
  }

  static short transportId() {
    return ClassConfigurator.getProtocolId(TP.class);
  }

  static ByteBuffer plain(Message message) throws Exception {
    ByteArrayDataOutputStream out = new ByteArrayDataOutputStream(256);
    Util.writeMessage(message, out, false);
    return ByteBuffer.wrap(out.buffer(), 0, out.position()).slice();
  }
}
