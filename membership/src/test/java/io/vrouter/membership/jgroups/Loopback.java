package io.vrouter.membership.jgroups;

import io.vrouter.membership.DataPathProbe.Answer;
import io.vrouter.membership.crypto.MeshToken;
import io.vrouter.membership.crypto.NodeIdentity;
import io.vrouter.membership.crypto.SharedKeys;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;

/**
 * Nodes of one test on the loopback interface: real sockets, real multicast, a group of their own.
 */
final class Loopback {
  static final MeshToken TOKEN = MeshToken.parse("a secret of more than 32 characters");
  static final MeshToken OTHER = MeshToken.parse("another secret of over 32 characters");
  static final InetAddress HOST = InetAddress.getLoopbackAddress();

  private final Path directory;
  private final InetSocketAddress group;

  Loopback(Path directory) throws IOException {
    this.directory = directory;
    this.group =
        new InetSocketAddress("239.192.79." + (51 + new SecureRandom().nextInt(200)), freePort());
  }

  InetSocketAddress group() {
    return group;
  }

  static int freePort() throws IOException {
    try (DatagramSocket socket = new DatagramSocket(0, HOST)) {
      return socket.getLocalPort();
    }
  }

  /** A node of this name, which is also its state directory's. */
  JGroupsConfig config(String name, MeshToken token) throws IOException {
    Path state = directory.resolve(name);
    NodeIdentity identity = NodeIdentity.open(state, new SecureRandom());
    return JGroupsConfig.defaults(
            HOST,
            SharedKeys.of(token, identity, System::nanoTime),
            identity,
            state,
            (peer, answer) -> answer.accept(Answer.UNKNOWN))
        .withPort(freePort())
        .withGroup(group)
        .withSessionsPerAddress(64);
  }

  /** Sends from a fresh socket, or from a given port. */
  static void send(InetSocketAddress to, ByteBuffer datagram) throws IOException {
    try (DatagramSocket socket = new DatagramSocket(0, HOST)) {
      byte[] octets = new byte[datagram.remaining()];
      datagram.duplicate().get(octets);
      socket.send(new DatagramPacket(octets, octets.length, to));
    }
  }
}
