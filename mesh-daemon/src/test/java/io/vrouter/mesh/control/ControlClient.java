package io.vrouter.mesh.control;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Speaks the protocol, and breaks it on request. */
final class ControlClient implements AutoCloseable {
  record Reply(String out, String err, int exitCode) {}

  private final SocketChannel channel;

  ControlClient(Path socket) throws IOException {
    channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
  }

  static Reply ask(Path socket, String json) throws IOException {
    try (ControlClient client = new ControlClient(socket)) {
      client.send(json);
      return client.reply();
    }
  }

  void send(String json) throws IOException {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    raw(ByteBuffer.allocate(4 + bytes.length).putInt(bytes.length).put(bytes).flip());
  }

  void raw(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  Reply reply() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    while (true) {
      ByteBuffer head = read(5);
      int stream = head.get();
      byte[] bytes = read(head.getInt()).array();
      if (stream == 0) {
        return new Reply(
            out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8), bytes[0]);
      }
      (stream == 1 ? out : err).writeBytes(bytes);
    }
  }

  /** The next frame's text. */
  String frame() throws IOException {
    ByteBuffer head = read(5);
    head.get();
    return new String(read(head.getInt()).array(), StandardCharsets.UTF_8);
  }

  private ByteBuffer read(int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new EOFException();
      }
    }
    return buffer.flip();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
