package io.vrouter.mesh.docker;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Finds out, without a connection, whether an engine listens at a socket. Where systemd listens in
 * its place (docker.socket), a connection would start the engine that somebody has stopped. Read in
 * {@code /proc/net/unix} and the processes' open files; where those can't be seen, as in a
 * container with a PID namespace of its own, in {@code docker.pid} beside the socket. On one
 * thread.
 */
final class EngineSocket {
  private static final String PID_FILE = "docker.pid";

  /** PROC_PID_INIT_INO, include/linux/proc_ns.h. */
  private static final String INITIAL_PID_NAMESPACE = "pid:[4026531836]";

  /** Of /proc/net/unix: __SO_ACCEPTCON, include/linux/net.h. */
  private static final long LISTENS = 0x10000;

  /** A search through all processes costs milliseconds: one for so many questions. */
  private static final int QUESTIONS = 8;

  private final Path socket;
  private final Path proc;
  private boolean pidFileSeen;
  private int questions;
  private boolean asleep;

  EngineSocket(Path socket) {
    this(socket, Path.of("/proc"));
  }

  EngineSocket(Path socket, Path proc) {
    this.socket = socket;
    this.proc = proc;
  }

  /** An engine has answered: what is seen now is how a running one looks. */
  void answered() {
    pidFileSeen = Files.exists(pidFile());
    questions = 0;
  }

  /** Whether nothing but a service manager listens, so that a connection would start the engine. */
  boolean asleep() {
    if (running()) {
      questions = 0;
      asleep = false;
    } else if (questions++ % QUESTIONS == 0) {
      asleep = search();
    }
    return asleep;
  }

  /** Whether the PID file names a process; where processes can't be seen, whether it is there. */
  private boolean running() {
    try {
      String pid = Files.readString(pidFile()).strip();
      return pid.matches("[0-9]{1,10}") && (Files.exists(proc.resolve(pid)) || !seesEveryProcess());
    } catch (IOException e) {
      return false;
    }
  }

  private boolean seesEveryProcess() {
    try {
      return Files.readSymbolicLink(proc.resolve("self/ns/pid"))
          .toString()
          .equals(INITIAL_PID_NAMESPACE);
    } catch (IOException e) {
      return false;
    }
  }

  private Path pidFile() {
    try {
      return socket.toRealPath().resolveSibling(PID_FILE);
    } catch (IOException e) {
      return socket.resolveSibling(PID_FILE);
    }
  }

  private boolean search() {
    List<Path> holders = holders();
    return holders.isEmpty() ? pidFileSeen : holders.stream().allMatch(EngineSocket::isManager);
  }

  /** The engine's process, as far as it is seen from here. */
  OptionalLong process() {
    return holders().stream()
        .filter(process -> !isManager(process))
        .mapToLong(process -> Long.parseLong(process.getFileName().toString()))
        .findFirst();
  }

  private List<Path> holders() {
    List<Path> found = new ArrayList<>();
    try {
      Set<String> links = listeners();
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

  /** The sockets that listen under this path, as a process's open file is shown. */
  private Set<String> listeners() throws IOException {
    Path real = socket.toRealPath();
    Set<String> found = new HashSet<>();
    // proc_pid_net(5): num refcount protocol flags type st inode path
    List<String> lines = Files.readAllLines(proc.resolve("self/net/unix"));
    for (String line : lines) {
      String[] fields = line.strip().split("\\s+", 8);
      if (fields.length == 8
          && fields[7].startsWith("/")
          && fields[3].matches("[0-9A-Fa-f]{8}")
          && (Long.parseLong(fields[3], 16) & LISTENS) != 0
          && isSame(fields[7], real)) {
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
      // It ended meanwhile, or belongs to another user.
      return false;
    }
    return false;
  }

  /** systemd, a user's too, and systemd-socket-activate: 15 characters are kept of a name. */
  private static boolean isManager(Path process) {
    try {
      String name = Files.readString(process.resolve("comm")).strip();
      return name.equals("systemd") || name.startsWith("systemd-socket");
    } catch (IOException e) {
      return true;
    }
  }
}
