package io.vrouter.mesh.docker;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Speaks as much of the Engine API as the watch asks for, as any version, or not at all. */
final class FakeEngine implements AutoCloseable {
  final List<String> asked = new CopyOnWriteArrayList<>();
  volatile String networks = "[]";
  volatile String containers = "[]";
  volatile String version = "1.41";

  /** Whether requests are read and never answered. */
  volatile boolean mute;

  private final Path socket;
  private final ServerSocketChannel server;
  private final List<SocketChannel> open = new CopyOnWriteArrayList<>();
  private final List<SocketChannel> streams = new CopyOnWriteArrayList<>();
  private final List<Thread> threads = new ArrayList<>();

  FakeEngine(Path socket) throws IOException {
    this.socket = socket;
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    start(this::accept);
  }

  /** Sends an event of networks to all that listen. */
  void event(String action) {
    streams.removeIf(stream -> !stream.isOpen());
    for (SocketChannel stream : streams) {
      try {
        chunk(stream, "{\"Type\":\"network\",\"Action\":\"" + action + "\"}\n");
      } catch (IOException e) {
        // That listener has just gone.
      }
    }
  }

  private synchronized void start(Runnable task) {
    Thread thread = new Thread(task, "fake-engine");
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel client = server.accept();
        open.add(client);
        start(() -> serve(client));
      }
    } catch (IOException e) {
      // Closed: no more clients.
    }
  }

  private void serve(SocketChannel client) {
    try (client) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(Channels.newInputStream(client), StandardCharsets.UTF_8));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.startsWith("GET ")) {
          String path = line.split(" ", 3)[1];
          while (!in.readLine().isEmpty()) {
            // Headers decide nothing here.
          }
          asked.add(path);
          if (!mute) {
            answer(path, client);
          }
        }
      }
    } catch (IOException e) {
      // The client went away, or this engine did.
    }
  }

  private void answer(String path, SocketChannel out) throws IOException {
    if (path.contains("/events")) {
      write(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
      streams.add(out);
      return;
    }
    String body =
        path.equals("/_ping") ? "OK" : path.endsWith("/containers/json") ? containers : networks;
    write(
        out,
        "HTTP/1.1 200 OK\r\nApi-Version: %s\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(version, body.length(), body));
  }

  private static void chunk(SocketChannel out, String text) throws IOException {
    write(out, Integer.toHexString(text.length()) + "\r\n" + text + "\r\n");
  }

  private static void write(SocketChannel out, String text) throws IOException {
    // Not by a stream of Channels: those of one channel share a lock, and a reader holds it.
    ByteBuffer left = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    while (left.hasRemaining()) {
      out.write(left);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (SocketChannel client : open) {
      client.close();
    }
    Files.deleteIfExists(socket);
  }
}
