package io.vrouter.mesh.agent;

import io.vrouter.mesh.model.Problem;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One connection to an agent, opened when needed. Thread-safe; one question at a time. */
final class AgentChannel implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Path socket;
  private final String node;
  private final ScheduledExecutorService timer;
  private final Semaphore longFrames = new Semaphore(1);
  private volatile @Nullable Frames frames;
  private volatile boolean closed;
  private final AtomicInteger opened = new AtomicInteger();

  /**
   * Opens nothing yet.
   *
   * @param node see {@link Request.Hello}
   */
  AgentChannel(Path socket, String node, ScheduledExecutorService timer) {
    this.socket = socket;
    this.node = node;
    this.timer = timer;
  }

  /** Number of connections opened so far: another number means that the agent may be another. */
  int opened() {
    return opened.get();
  }

  /**
   * Asks, and waits for the answer.
   *
   * @return never {@link Reply.Refused}
   * @throws AgentException when the agent doesn't answer, or refuses
   */
  synchronized Reply ask(Request request) {
    try {
      Reply reply = exchange(connected(), request);
      if (reply instanceof Reply.Refused refused) {
        throw new AgentException(refused.problem());
      }
      return reply;
    } catch (IOException e) {
      drop();
      throw new AgentException(unreachable(e), e);
    }
  }

  private Frames connected() throws IOException {
    Frames present = frames;
    if (present != null) {
      return present;
    }
    if (closed) {
      throw new IOException("the end of this process");
    }
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    Frames fresh = new Frames(channel, timer, longFrames);
    boolean welcome = false;
    try {
      channel.connect(UnixDomainSocketAddress.of(socket));
      Reply reply = exchange(fresh, new Request.Hello(Request.VERSION, node));
      if (reply instanceof Reply.Refused refused) {
        throw new AgentException(refused.problem());
      }
      welcome = true;
    } finally {
      if (!welcome) {
        fresh.close();
      }
    }
    opened.incrementAndGet();
    frames = fresh;
    return fresh;
  }

  private Reply exchange(Frames present, Request request) throws IOException {
    Future<?> deadline = closeLater(present);
    try {
      present.write(MessageCodec.encode(request));
      Reply reply = MessageCodec.reply(present.read());
      present.release();
      return reply;
    } finally {
      deadline.cancel(false);
    }
  }

  private Future<?> closeLater(Frames present) throws IOException {
    try {
      return timer.schedule(present::close, PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      throw new IOException("the end of this process", e);
    }
  }

  private void drop() {
    Frames present = frames;
    frames = null;
    if (present != null) {
      present.release();
      present.close();
    }
  }

  private Problem unreachable(IOException e) {
    return new Problem(
        RemoteAgent.UNREACHABLE,
        "the agent at %s doesn't answer (%s): the kernel stays as it is"
            .formatted(socket, e.getMessage() == null ? e.toString() : e.getMessage()),
        "start 'meshd agent' on this host (systemctl start meshd-agent), and see that this process"
            + " runs as the node-user of its policy");
  }

  @Override
  public void close() {
    closed = true;
    Frames present = frames;
    if (present != null) {
      present.close();
    }
  }
}
