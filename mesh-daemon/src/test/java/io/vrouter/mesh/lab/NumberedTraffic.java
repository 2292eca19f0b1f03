package io.vrouter.mesh.lab;

import io.vrouter.netlink.lab.Await;
import io.vrouter.netlink.lab.Space;
import io.vrouter.netlink.socket.Netns;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Numbered datagrams to an echo in another container, one every 2 ms, and numbers over one TCP
 * connection, until it is stopped.
 */
final class NumberedTraffic implements AutoCloseable {
  private static final int PORT = 7000;
  private static final long PAUSE_NANOS = 2_000_000;

  private final List<Closeable> sockets = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final BitSet answered = new BitSet();
  private final AtomicInteger sent = new AtomicInteger();
  private final AtomicLong streamSent = new AtomicLong();
  private final AtomicLong streamBack = new AtomicLong();
  private volatile boolean stopping;
  private volatile String broken = "";

  private NumberedTraffic() {}

  /** Starts both kinds between two containers. */
  static NumberedTraffic start(Space client, Space server, String address) {
    NumberedTraffic traffic = new NumberedTraffic();
    DatagramSocket echo = traffic.in(server, () -> new DatagramSocket(PORT));
    DatagramSocket asking = traffic.in(client, () -> new DatagramSocket(0));
    ServerSocket listening = traffic.in(server, () -> new ServerSocket(PORT));
    Socket stream = traffic.in(client, () -> new Socket(InetAddress.getByName(address), PORT));
    Socket accepted = traffic.in(server, listening::accept);
    traffic.run("echo", () -> echo(echo));
    traffic.run("answers", () -> traffic.receive(asking));
    traffic.run("questions", () -> traffic.send(asking, new InetSocketAddress(address, PORT)));
    traffic.run(
        "stream-echo", () -> accepted.getInputStream().transferTo(accepted.getOutputStream()));
    traffic.run("stream-back", () -> traffic.read(stream.getInputStream()));
    traffic.run("stream", () -> traffic.write(stream.getOutputStream()));
    return traffic;
  }

  private interface Work {
    void run() throws IOException;
  }

  private <T extends Closeable> T in(Space space, Callable<T> open) {
    T socket = Netns.call(space.netns(), open);
    sockets.add(socket);
    return socket;
  }

  private void run(String name, Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                if (!stopping) {
                  broken = name + ": " + e;
                }
              }
            },
            name);
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
  }

  private static void echo(DatagramSocket socket) throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[64], 64);
    while (true) {
      packet.setLength(64);
      socket.receive(packet);
      socket.send(packet);
    }
  }

  private void send(DatagramSocket socket, InetSocketAddress to) throws IOException {
    while (!stopping) {
      byte[] number = ByteBuffer.allocate(4).putInt(sent.get()).array();
      socket.send(new DatagramPacket(number, 4, to));
      sent.incrementAndGet();
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private void receive(DatagramSocket socket) throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[4], 4);
    while (true) {
      socket.receive(packet);
      synchronized (answered) {
        answered.set(ByteBuffer.wrap(packet.getData()).getInt());
      }
    }
  }

  private void write(OutputStream out) throws IOException {
    DataOutputStream numbers = new DataOutputStream(out);
    while (!stopping) {
      numbers.writeLong(streamSent.getAndIncrement());
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private void read(InputStream in) throws IOException {
    DataInputStream numbers = new DataInputStream(in);
    while (true) {
      long number = numbers.readLong();
      long expected = streamBack.getAndIncrement();
      if (number != expected) {
        throw new IOException("number %d in place of %d".formatted(number, expected));
      }
    }
  }

  /** How many datagrams were answered so far. */
  int answers() {
    synchronized (answered) {
      return answered.cardinality();
    }
  }

  /** Waits for this many more answers of both kinds. */
  void awaitMore(int more) {
    int datagrams = answers() + more;
    long numbers = streamBack.get() + more;
    Await.until(
        more + " more answers",
        () -> !broken.isEmpty() || (answers() >= datagrams && streamBack.get() >= numbers));
    check();
  }

  /** Stops the senders, and waits until every datagram and every number is back. */
  void assertNothingLost() {
    stopping = true;
    Await.until(
        "every answer",
        () ->
            !broken.isEmpty() || (answers() == sent.get() && streamBack.get() == streamSent.get()));
    check();
  }

  private void check() {
    if (!broken.isEmpty()) {
      throw new AssertionError(broken);
    }
  }

  @Override
  public void close() {
    stopping = true;
    for (Closeable socket : sockets) {
      try {
        socket.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    threads.forEach(thread -> Await.until("the end of " + thread, () -> !thread.isAlive()));
  }
}
