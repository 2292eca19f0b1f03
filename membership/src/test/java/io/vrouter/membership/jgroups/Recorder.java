package io.vrouter.membership.jgroups;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.MulticastSocket;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jgroups.util.DefaultSocketFactory;

/** Sockets that keep a copy of what they hear. */
final class Recorder extends DefaultSocketFactory {
  final Queue<byte[]> heard = new ConcurrentLinkedQueue<>();

  @Override
  public MulticastSocket createMulticastSocket(String name, SocketAddress address)
      throws IOException {
    return new MulticastSocket(address) {
      @Override
      public void receive(DatagramPacket packet) throws IOException {
        super.receive(packet);
        byte[] copy = Arrays.copyOf(packet.getData(), packet.getLength());
        heard.add(copy);
      }
    };
  }
}
