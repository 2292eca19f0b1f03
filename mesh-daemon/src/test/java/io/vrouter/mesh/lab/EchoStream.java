package io.vrouter.mesh.lab;

import io.vrouter.netlink.lab.Await;
import io.vrouter.netlink.lab.Child;
import io.vrouter.netlink.lab.Stack;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One TCP connection from a container to another, numbered blocks in both directions, one every 10
 * ms: the far end sends each back. It ends at the first octet that is missing or another.
 */
final class EchoStream implements AutoCloseable {
  private static final int PORT = 7_777;
  private static final int BLOCK_LONGS = 128;

  private final Child server;
  private final Child client;

  private EchoStream(Child server, Child client) {
    this.server = server;
    this.client = client;
  }

  /** Starts it between two stacks. */
  static EchoStream start(Lab lab, Stack from, Stack to) {
    Child server = process(lab, to, "serve");
    Await.until("the far end listens", () -> server.said().contains("listening"));
    Child client = process(lab, from, to.address());
    Await.until("blocks come back", () -> client.said().contains("flows"));
    return new EchoStream(server, client);
  }

  private static Child process(Lab lab, Stack stack, String word) {
    List<String> command =
        List.of(
            "java",
            "-Xmx24m",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            Lab.classPath(),
            EchoStream.class.getName(),
            word);
    return stack.container().start(lab.log("stream-" + word), Map.of(), command);
  }

  /** Ends it, and waits until every octet sent has come back; what it says is the figure. */
  String end() {
    client.tell("end");
    if (client.awaitExit() != 0) {
      throw new AssertionError("the stream broke: " + client.said() + server.said());
    }
    return client.said().lines().reduce("", (a, b) -> b);
  }

  @Override
  public void close() {
    client.close();
    server.close();
  }

  /** The process of one end. */
  public static void main(String[] args) throws Exception {
    if (args[0].equals("serve")) {
      serve();
    } else {
      send(args[0]);
    }
  }

  private static void serve() throws IOException {
    try (ServerSocket server = new ServerSocket(PORT)) {
      System.out.println("listening");
      try (Socket socket = server.accept()) {
        socket.setTcpNoDelay(true);
        socket.getInputStream().transferTo(socket.getOutputStream());
      }
    }
  }

  private static void send(String address) throws Exception {
    try (Socket socket = new Socket(address, PORT)) {
      socket.setTcpNoDelay(true);
      AtomicLong back = new AtomicLong();
      Thread reader = new Thread(() -> compare(socket, back), "reader");
      reader.start();
      BufferedReader commands =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      long sent = 0;
      while (!commands.ready()) {
        byte[] block = new byte[BLOCK_LONGS * Long.BYTES];
        for (int i = 0; i < BLOCK_LONGS; i++) {
          java.nio.ByteBuffer.wrap(block).putLong(i * Long.BYTES, sent++);
        }
        out.write(block);
        TimeUnit.MILLISECONDS.sleep(10);
      }
      socket.shutdownOutput();
      reader.join();
      if (back.get() != sent) {
        throw new IOException("%d of %d numbers came back".formatted(back.get(), sent));
      }
      System.out.printf("%d octets sent and received back%n", sent * Long.BYTES);
    }
  }

  private static void compare(Socket socket, AtomicLong back) {
    try {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      while (in.readLong() == back.get()) {
        if (back.incrementAndGet() == BLOCK_LONGS) {
          System.out.println("flows");
        }
      }
      System.out.println("another number came back than " + back.get());
    } catch (IOException e) {
      System.out.println("ended: " + e);
    }
  }
}
