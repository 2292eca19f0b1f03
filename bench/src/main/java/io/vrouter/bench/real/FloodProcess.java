package io.vrouter.bench.real;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A stranger on the LAN, in a process of its own: {@code FloodProcess DEVICE TARGET PORT SECONDS
 * RATE THREADS}. Records one multicast datagram of the mesh, and sends datagrams with its form and
 * key id and random octets after these, from ports of its own. Prints the number sent and the
 * seconds.
 */
public final class FloodProcess {
  /** Octets of a datagram that are in clear and the same for all of a mesh: form and key id. */
  private static final int COMMON = 5;

  private static final int LENGTH = 200;
  private static final String GROUP = "239.192.79.50";

  /** Datagrams between two looks at the clock. */
  private static final int BATCH = 64;

  private FloodProcess() {}

  /** Runs until its time is over. */
  public static void main(String[] args) throws IOException, InterruptedException {
    int port = Integer.parseInt(args[2]);
    InetSocketAddress target = new InetSocketAddress(args[1], port);
    byte[] recorded = record(args[0], port);
    System.out.println("recorded");
    System.out.flush();
    long nanos = Long.parseLong(args[3]) * 1_000_000_000L;
    int threads = Integer.parseInt(args[5]);
    double perThread = Double.parseDouble(args[4]) / threads;
    AtomicLong sent = new AtomicLong();
    long began = System.nanoTime();
    List<Thread> senders = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      long seed = i;
      Thread sender =
          new Thread(
              () -> sent.addAndGet(send(target, recorded, nanos, perThread, seed)), "sender");
      senders.add(sender);
      sender.start();
    }
    for (Thread sender : senders) {
      sender.join();
    }
    System.out.printf("sent %d in %d ms%n", sent.get(), (System.nanoTime() - began) / 1_000_000);
  }

  private static byte[] record(String device, int port) throws IOException {
    try (DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET)) {
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      channel.bind(new InetSocketAddress(port));
      channel.join(InetAddress.getByName(GROUP), NetworkInterface.getByName(device));
      ByteBuffer datagram = ByteBuffer.allocate(2048);
      channel.receive(datagram);
      byte[] octets = new byte[datagram.flip().remaining()];
      datagram.get(octets);
      return octets;
    }
  }

  private static long send(
      InetSocketAddress target, byte[] recorded, long nanos, double rate, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    ByteBuffer datagram = ByteBuffer.allocateDirect(LENGTH);
    datagram.put(recorded, 0, COMMON);
    long sent = 0;
    long began = System.nanoTime();
    try (DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET)) {
      channel.connect(target);
      while (true) {
        long passed = System.nanoTime() - began;
        if (passed >= nanos) {
          return sent;
        }
        if (sent > rate * passed / 1e9) {
          Thread.onSpinWait();
          continue;
        }
        for (int i = 0; i < BATCH; i++) {
          for (int at = COMMON; at + 8 <= LENGTH; at += 8) {
            datagram.putLong(at, random.nextLong());
          }
          datagram.position(0).limit(LENGTH);
          try {
            channel.write(datagram);
          } catch (java.net.PortUnreachableException e) {
            continue;
          }
          sent++;
        }
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
