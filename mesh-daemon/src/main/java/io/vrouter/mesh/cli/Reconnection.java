package io.vrouter.mesh.cli;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/**
 * {@code meshctl wait} beyond one connection: a daemon that waits for an address replaces its
 * control socket when it joins, and a restart replaces the daemon. The timeout of the command is
 * that of all its connections together.
 */
final class Reconnection {
  /** How long a missing socket may be one that is just being replaced. */
  private static final Duration REPLACEMENT = Duration.ofSeconds(1);

  private static final Duration AGAIN = Duration.ofMillis(20);

  private Reconnection() {}

  /**
   * After a first connection was refused.
   *
   * @param why the error of the system
   */
  static int first(String[] args, String socket, String why) {
    Duration timeout = timeout(args);
    if (timeout == null) {
      return LocalMeshctl.unreachable(args, socket, why);
    }
    long begin = System.nanoTime();
    Duration patience = timeout.compareTo(REPLACEMENT) < 0 ? timeout : REPLACEMENT;
    SocketChannel channel = connected(socket, begin, patience);
    if (channel == null) {
      return LocalMeshctl.unreachable(args, socket, why);
    }
    int code = Meshctl.exchange(channel, waited(args, begin), socket);
    return code == Meshctl.LOST ? next(args, socket, begin) : code;
  }

  /**
   * After a connection was lost.
   *
   * @param begin of the first connection, as of {@link System#nanoTime}
   */
  static int next(String[] args, String socket, long begin) {
    Duration timeout = timeout(args);
    if (timeout == null) {
      return ExitCode.USAGE;
    }
    while (true) {
      SocketChannel channel = connected(socket, begin, timeout);
      if (channel == null) {
        System.err.println(
            "error: meshd at %s ended, and none has answered there after %s"
                .formatted(socket, Text.age(timeout)));
        System.err.println("fix: see whether it runs, and its log");
        return ExitCode.TIMED_OUT;
      }
      int code = Meshctl.exchange(channel, waited(args, begin), socket);
      if (code != Meshctl.LOST) {
        return code;
      }
    }
  }

  /** The command's timeout; null for a usage error. */
  private static @Nullable Duration timeout(String[] args) {
    try {
      CommandLine.ParseResult wait = LocalMeshctl.model().parseArgs(args).subcommand();
      return wait.matchedOptionValue("--timeout", WaitCommand.TIMEOUT);
    } catch (CommandLine.ParameterException e) {
      return null;
    }
  }

  private static String[] waited(String[] args, long begin) {
    Duration waited = Duration.ofNanos(System.nanoTime() - begin);
    String[] all = Arrays.copyOf(args, args.length + 2);
    all[args.length] = "--waited";
    all[args.length + 1] =
        waited.toHours() > 0 ? waited.toSeconds() + "s" : waited.toMillis() + "ms";
    return all;
  }

  /** A connection, tried until the patience after the begin is over; null when it is. */
  private static @Nullable SocketChannel connected(String socket, long begin, Duration patience) {
    while (System.nanoTime() - begin < patience.toNanos()) {
      try {
        return SocketChannel.open(UnixDomainSocketAddress.of(socket));
      } catch (IOException | IllegalArgumentException e) {
        try {
          TimeUnit.MILLISECONDS.sleep(AGAIN.toMillis());
        } catch (InterruptedException interrupted) {
          Thread.currentThread().interrupt();
          return null;
        }
      }
    }
    return null;
  }
}
