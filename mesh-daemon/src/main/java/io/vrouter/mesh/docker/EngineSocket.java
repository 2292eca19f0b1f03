package io.vrouter.mesh.docker;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Finds out, without a connection, whether an engine listens at a socket. Where systemd listens in
 * the engine's place (docker.socket), a connection would start a stopped engine. The sources are
 * {@code /proc/net/unix} and the processes' open files; where those are not visible, as in a
 * container with its own PID namespace, {@code docker.pid} beside the socket. On one thread.
 */
final class EngineSocket {
  private static final String PID_FILE = "docker.pid";

  /** Longest time that a stopping engine keeps its PID file: dockerd's shutdown-timeout. */
  private static final Duration STOPPING = Duration.ofSeconds(20);

  /**
   * One search per this many calls while the engine is stopped: a search of all processes takes
   * some ms.
   */
  private static final int QUESTIONS = 8;

  private final Path socket;
  private final Path proc;
  private final LongSupplier nanos;

  /** The PID file of the engine that answered last; empty when it has none. */
  private String pidFile = "";

  private long lost;

  /** The PID file at the search that found a manager alone, and the questions since. */
  private String searched = "";

  private int questions;
  private boolean asleep;
  private boolean justGone;

  EngineSocket(Path socket) {
    this(socket, Path.of("/proc"), System::nanoTime);
  }

  /** With a monotonic clock. */
  EngineSocket(Path socket, Path proc, LongSupplier nanos) {
    this.socket = socket;
    this.proc = proc;
    this.nanos = nanos;
  }

  /** An engine has answered: the present state is that of a running engine. */
  void answered() {
    pidFile = pidFile();
    asleep = false;
  }

  /** The engine's connection has ended: the engine may be stopping, which takes some seconds. */
  void lost() {
    lost = nanos.getAsLong();
    justGone = true;
    asleep = false;
  }

  /** Whether nothing but a service manager listens, so that a connection would start the engine. */
  boolean asleep() {
    String now = pidFile();
    if (!asleep || !now.equals(searched) || ++questions >= QUESTIONS) {
      searched = now;
      questions = 0;
      List<Path> holders = holders();
      asleep =
          holders.isEmpty() ? stopped(now) : holders.stream().allMatch(EngineSocket::isManager);
      if (holders.isEmpty() && !asleep && justGone) {
        // A new socket is bound before its owner listens: the next call finds the listener.
        justGone = false;
        return true;
      }
    }
    return asleep;
  }

  /**
   * Connects once and closes again. The HTTP client would retry after 1 s, when systemd may be the
   * listener.
   *
   * @throws DockerException when no process listens
   */
  void reach() throws DockerException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      // A full backlog proves a listener, so this need not wait.
      channel.configureBlocking(false);
      boolean unused = channel.connect(UnixDomainSocketAddress.of(socket));
    } catch (IOException | IllegalArgumentException e) {
      if (!String.valueOf(e.getMessage()).contains("temporarily unavailable")) {
        throw new DockerException("connect: " + e.getMessage(), e);
      }
    }
  }

  /** There is no socket. */
  void gone() {
    justGone = true;
    asleep = false;
  }

  /** The result by the PID file, when no holder is visible. */
  private boolean stopped(String now) {
    if (pidFile.isEmpty() || (!now.isEmpty() && !now.equals(pidFile))) {
      return false;
    }
    return now.isEmpty() || nanos.getAsLong() - lost < STOPPING.toNanos();
  }

  /** Identifies one run of the engine; empty when there is no PID file. */
  private String pidFile() {
    try {
      Path file = socket.toRealPath().resolveSibling(PID_FILE);
      return Files.readString(file).strip() + " " + Files.getLastModifiedTime(file);
    } catch (IOException e) {
      return "";
    }
  }

  /** The engine's process, when it is visible from here. */
  OptionalLong process() {
    return holders().stream()
        .filter(process -> !isManager(process))
        .mapToLong(process -> Long.parseLong(process.getFileName().toString()))
        .findFirst();
  }

  private List<Path> holders() {
    List<Path> found = new ArrayList<>();
    try {
      Set<String> links = bound();
      if (!links.isEmpty()) {
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
          for (Path process : processes) {
            if (holds(process, links)) {
              found.add(process);
            }
          }
        }
      }
    } catch (IOException e) {
      return List.of();
    }
    return found;
  }

  /**
   * The sockets bound to this path, in the form of a process's open file: listening ones, bound
   * ones not yet listening, and accepted connections.
   */
  private Set<String> bound() throws IOException {
    Path real = socket.toRealPath();
    Set<String> found = new HashSet<>();
    // proc_pid_net(5): num refcount protocol flags type st inode path
    List<String> lines = Files.readAllLines(proc.resolve("self/net/unix"));
    for (String line : lines) {
      String[] fields = line.strip().split("\\s+", 8);
      if (fields.length == 8 && fields[7].startsWith("/") && isSame(fields[7], real)) {
        found.add("socket:[" + fields[6] + "]");
      }
    }
    return found;
  }

  private static boolean isSame(String bound, Path real) {
    try {
      return Path.of(bound).toRealPath().equals(real);
    } catch (IOException | IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean holds(Path process, Set<String> links) {
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path descriptor : descriptors) {
        if (links.contains(Files.readSymbolicLink(descriptor).toString())) {
          return true;
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // The process ended meanwhile, or belongs to another user.
      return false;
    }
    return false;
  }

  /**
   * systemd, a user's too, and systemd-socket-activate: the kernel keeps 15 characters of a name.
   */
  private static boolean isManager(Path process) {
    try {
      String name = Files.readString(process.resolve("comm")).strip();
      return name.equals("systemd") || name.startsWith("systemd-socket");
    } catch (IOException e) {
      return true;
    }
  }
}
