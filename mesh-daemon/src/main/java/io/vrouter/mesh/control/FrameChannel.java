package io.vrouter.mesh.control;

import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** The framing on one connection, with a time limit on each read and write of a frame. */
final class FrameChannel {
  static final byte END = 0;
  static final byte OUT = 1;
  static final byte ERR = 2;

  private static final int MAX_FRAME = 32 * 1024;
  private static final long PATIENCE_SECONDS = 10;

  private final SocketChannel channel;
  private final ScheduledExecutorService timer;

  FrameChannel(SocketChannel channel, ScheduledExecutorService timer) {
    this.channel = channel;
    this.timer = timer;
  }

  /**
   * Reads the request.
   *
   * @throws IllegalArgumentException when it is not a request
   * @throws IOException when the peer closed or took too long
   */
  ControlRequest readRequest() throws IOException {
    ScheduledFuture<?> deadline = closeLater();
    try {
      int length = read(4).getInt();
      if (length < 2 || length > ControlRequest.MAX_BYTES) {
        throw new IllegalArgumentException(
            "a request has 2 to "
                + ControlRequest.MAX_BYTES
                + " bytes, not "
                + (length & 0xFFFFFFFFL));
      }
      return ControlRequest.parse(read(length).array());
    } finally {
      deadline.cancel(false);
    }
  }

  /** Waits until the peer closes or sends more, which it must not: the end of the command. */
  void awaitEnd() throws IOException {
    int read = channel.read(ByteBuffer.allocate(1));
    if (read > 0) {
      throw new IOException("the client sent more than one request");
    }
  }

  /** A writer that sends its text in frames of the stream, at the latest at its flush. */
  PrintWriter writer(byte stream) {
    return new PrintWriter(new OutputStreamWriter(stream(stream), StandardCharsets.UTF_8), false);
  }

  /** Sends each write in frames of the stream at once. */
  OutputStream stream(byte stream) {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        for (int done = 0; done < length; done += MAX_FRAME) {
          int part = Math.min(MAX_FRAME, length - done);
          send(stream, ByteBuffer.wrap(bytes, offset + done, part));
        }
      }
    };
  }

  /** Sends an empty frame: the daemon runs, so the client may wait without a limit. */
  void hello() throws IOException {
    send(OUT, ByteBuffer.allocate(0));
  }

  /** The last frame. */
  void end(int exitCode) throws IOException {
    send(END, ByteBuffer.wrap(new byte[] {(byte) exitCode}));
  }

  void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // the descriptor is closed either way
      return;
    }
  }

  private synchronized void send(byte stream, ByteBuffer bytes) throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(5 + bytes.remaining());
    frame.put(stream).putInt(bytes.remaining()).put(bytes).flip();
    ScheduledFuture<?> deadline = closeLater();
    try {
      while (frame.hasRemaining()) {
        channel.write(frame);
      }
    } finally {
      deadline.cancel(false);
    }
  }

  private ByteBuffer read(int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new EOFException("the client went before its request was complete");
      }
    }
    return buffer.flip();
  }

  /** Closes the connection when a frame would have taken too long. */
  ScheduledFuture<?> closeLater() {
    return timer.schedule(this::close, PATIENCE_SECONDS, TimeUnit.SECONDS);
  }
}
