package io.vrouter.mesh.control;

import io.vrouter.membership.DaemonThreads;
import io.vrouter.membership.Defects;
import java.io.IOException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves commands on a UNIX socket. Each connection has a thread that reads, and so detects the
 * client's end, and a thread that runs the command. Both end with the connection, so an idle server
 * holds two threads.
 */
public final class ControlServer implements AutoCloseable {
  /** The group whose members may read, beside root and the daemon's user. */
  public static final String GROUP = "vrouter";

  private static final Logger LOG = LoggerFactory.getLogger(ControlServer.class);

  /** Most concurrent commands. */
  static final int MAX_CONNECTIONS = 32;

  private final SocketFile file;
  private final PeerCredentials credentials;
  private final CommandRunner runner;
  private final Places places = new Places(MAX_CONNECTIONS);
  private final ExecutorService threads;
  private final ScheduledThreadPoolExecutor timer;
  private final Set<FrameChannel> open = ConcurrentHashMap.newKeySet();
  private final Thread acceptor;

  private ControlServer(SocketFile file, PeerCredentials credentials, CommandRunner runner) {
    this.file = file;
    this.credentials = credentials;
    this.runner = runner;
    this.threads =
        new ThreadPoolExecutor(
            0,
            2 * MAX_CONNECTIONS,
            5,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            DaemonThreads.numbered("control-"));
    this.timer = new ScheduledThreadPoolExecutor(1, DaemonThreads.named("control-timer"));
    timer.setRemoveOnCancelPolicy(true);
    this.acceptor = DaemonThreads.of("control-accept", this::accept);
  }

  /**
   * Opens the socket and serves at once.
   *
   * @throws ControlException when the socket can't be made or another daemon answers there
   */
  public static ControlServer open(Path socket, CommandRunner runner) throws ControlException {
    SocketFile file = SocketFile.bind(socket, GROUP);
    try {
      ControlServer server = new ControlServer(file, PeerCredentials.ownerOf(file.path()), runner);
      server.acceptor.start();
      return server;
    } catch (IOException e) {
      file.close();
      throw new ControlException(
          "the owner of " + socket + " can't be read: " + e, "look at the file's directory", e);
    }
  }

  /** Ends all commands, closes and removes the socket. Idempotent. */
  @Override
  public void close() {
    file.close();
    // First: an interrupted command must not send an exit code that is not its own.
    open.forEach(FrameChannel::close);
    threads.shutdownNow();
    timer.shutdownNow();
  }

  private void accept() {
    while (file.channel().isOpen()) {
      try {
        SocketChannel channel = file.channel().accept();
        FrameChannel frames = new FrameChannel(channel, timer);
        try {
          admit(frames, credentials.of(channel));
        } catch (IOException | RejectedExecutionException e) {
          LOG.debug("a client closed its connection before it was served: {}", e.toString());
          frames.close();
        }
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        LOG.warn("control socket can't accept: {}", e.toString());
        pause();
      }
    }
  }

  private void admit(FrameChannel frames, Caller caller) throws IOException {
    Places.Place place = places.take(caller);
    if (place == null) {
      refuse(frames);
      return;
    }
    try {
      open.add(frames);
      threads.execute(
          () -> {
            try {
              serve(frames, caller, place);
            } finally {
              open.remove(frames);
              frames.close();
              place.leave();
            }
          });
    } catch (RejectedExecutionException e) {
      open.remove(frames);
      place.leave();
      throw e;
    }
  }

  private static void refuse(FrameChannel frames) throws IOException {
    frames
        .writer(FrameChannel.ERR)
        .append("meshd is busy with other commands: try again when one of them has ended\n")
        .flush();
    frames.end(1);
    frames.close();
  }

  private void serve(FrameChannel frames, Caller caller, Places.Place place) {
    try {
      ControlRequest request = frames.readRequest();
      AtomicBoolean expired = new AtomicBoolean();
      Future<?> command = start(place, () -> run(frames, request, caller, expired));
      Runnable unlimited = limit(frames, request, caller, command, expired);
      try {
        frames.awaitEnd();
      } catch (AsynchronousCloseException e) {
        LOG.trace("the command has ended", e);
      } finally {
        unlimited.run();
        command.cancel(true);
      }
    } catch (IllegalArgumentException e) {
      answerBadRequest(frames, e);
    } catch (IOException | RejectedExecutionException e) {
      LOG.debug("control connection of {} ended: {}", caller.user(), e.toString());
    }
  }

  /** Runs the command on a thread of its own, which keeps the place until it ends. */
  private Future<?> start(Places.Place place, Runnable body) {
    place.enter();
    FutureTask<Boolean> command =
        new FutureTask<>(body, true) {
          @Override
          public void run() {
            try {
              super.run();
            } finally {
              place.leave();
            }
          }
        };
    try {
      threads.execute(command);
      return command;
    } catch (RejectedExecutionException e) {
      place.leave();
      throw e;
    }
  }

  /**
   * Interrupts a reader's command at its limit, and closes its connection soon after.
   *
   * @return cancels the limit
   */
  private Runnable limit(
      FrameChannel frames,
      ControlRequest request,
      Caller caller,
      Future<?> command,
      AtomicBoolean expired) {
    if (caller.mayWrite()) {
      return () -> {};
    }
    Future<?> interrupt =
        timer.schedule(
            () -> {
              expired.set(true);
              command.cancel(true);
              Future<?> unused = frames.closeLater();
            },
            runner.readersLimit(request.argv()).toMillis(),
            TimeUnit.MILLISECONDS);
    return () -> interrupt.cancel(false);
  }

  private void run(
      FrameChannel frames, ControlRequest request, Caller caller, AtomicBoolean expired) {
    List<Runnable> afterwards = new ArrayList<>();
    Console console =
        new Console(
            frames.writer(FrameChannel.OUT),
            frames.stream(FrameChannel.OUT),
            frames.writer(FrameChannel.ERR),
            request.tty(),
            request.columns(),
            request.noColor(),
            caller,
            afterwards::add);
    int exitCode = 1;
    try {
      frames.hello();
      exitCode = runner.run(request.argv(), console);
    } catch (InterruptedException e) {
      if (expired.get()) {
        exitCode = 4;
        console
            .err()
            .printf(
                "error: a command of a user that may read only ends after %d s%n",
                runner.readersLimit(request.argv()).toSeconds());
      } else {
        Thread.currentThread().interrupt();
      }
    } catch (RuntimeException e) {
      Defects.caught("running a command", e);
      console.err().println("meshd failed at this command; its log has the details: " + e);
    } catch (IOException e) {
      LOG.debug("client of {} closed its connection: {}", request.argv(), e.toString());
    }
    console.out().flush();
    console.err().flush();
    try {
      frames.end(exitCode);
    } catch (IOException e) {
      LOG.debug(
          "client of {} closed its connection before the exit code: {}",
          request.argv(),
          e.toString());
    }
    frames.close();
    afterwards.forEach(Runnable::run);
  }

  private static void answerBadRequest(FrameChannel frames, IllegalArgumentException fault) {
    try {
      frames.writer(FrameChannel.ERR).append(fault.getMessage()).append("\n").flush();
      frames.end(2);
    } catch (IOException e) {
      LOG.debug("client of a bad request closed its connection: {}", e.toString());
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
