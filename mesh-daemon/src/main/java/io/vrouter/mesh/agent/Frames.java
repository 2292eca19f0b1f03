package io.vrouter.mesh.agent;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Messages on a connection: four octets of length, then CBOR. A frame must be complete within a
 * time from its first octet; the heap grows with what arrives, not with what is announced.
 */
final class Frames implements AutoCloseable {
  /** From a frame's first octet to its last. */
  static final Duration PATIENCE = Duration.ofSeconds(5);

  /** Octets from which on a frame is long: of those one at a time is held. */
  static final int LONG = 64 << 10;

  private static final int CHUNK = 16 << 10;

  private final SocketChannel channel;
  private final ScheduledExecutorService timer;
  private final Semaphore longFrames;
  private boolean holding;

  /**
   * Frames of a connection.
   *
   * @param timer closes the connection of a frame that takes too long
   * @param longFrames one permit for all connections: held from the reading of a long frame to the
   *     next {@link #read} or to {@link #release}
   */
  Frames(SocketChannel channel, ScheduledExecutorService timer, Semaphore longFrames) {
    this.channel = channel;
    this.timer = timer;
    this.longFrames = longFrames;
  }

  /**
   * The next frame; waits for its first octet without a limit.
   *
   * @throws EOFException when the peer has closed
   * @throws IOException when the frame is too long, or not complete in time
   */
  byte[] read() throws IOException {
    release();
    ByteBuffer length = ByteBuffer.allocate(4);
    if (channel.read(length) < 0) {
      throw new EOFException("the connection is closed");
    }
    Future<?> deadline = closeLater();
    try {
      fill(length);
      int octets = length.flip().getInt();
      if (octets < 1 || octets > MessageCodec.LIMIT) {
        throw new IOException("a message of %d octets".formatted(octets & 0xFFFFFFFFL));
      }
      if (octets > LONG) {
        hold();
      }
      ByteArrayOutputStream all = new ByteArrayOutputStream(Math.min(octets, CHUNK));
      ByteBuffer chunk = ByteBuffer.allocate(Math.min(octets, CHUNK));
      while (all.size() < octets) {
        chunk.clear().limit(Math.min(chunk.capacity(), octets - all.size()));
        if (channel.read(chunk) < 0) {
          throw new EOFException("the connection is closed within a message");
        }
        all.write(chunk.array(), 0, chunk.position());
      }
      return all.toByteArray();
    } finally {
      deadline.cancel(false);
    }
  }

  private void hold() throws IOException {
    try {
      if (!longFrames.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IOException("other long messages are read");
      }
      holding = true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the end of this process", e);
    }
  }

  /** The frame read last isn't used any more. On the reading thread. */
  void release() {
    if (holding) {
      holding = false;
      longFrames.release();
    }
  }

  private void fill(ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new EOFException("the connection is closed within a message");
      }
    }
  }

  /**
   * Sends a frame.
   *
   * @throws IOException when it is too long, or the peer doesn't take it in time
   */
  void write(byte[] octets) throws IOException {
    if (octets.length > MessageCodec.LIMIT) {
      throw new IOException("a message of %d octets is too long".formatted(octets.length));
    }
    ByteBuffer frame = ByteBuffer.allocate(4 + octets.length);
    frame.putInt(octets.length).put(octets).flip();
    Future<?> deadline = closeLater();
    try {
      while (frame.hasRemaining()) {
        channel.write(frame);
      }
    } finally {
      deadline.cancel(false);
    }
  }

  private Future<?> closeLater() throws IOException {
    try {
      return timer.schedule(this::close, PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      throw new IOException("the end of this process", e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // The descriptor is closed either way.
      return;
    }
  }
}
