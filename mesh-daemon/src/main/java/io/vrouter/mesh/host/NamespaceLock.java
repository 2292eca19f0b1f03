package io.vrouter.mesh.host;

import io.vrouter.mesh.host.HostFacts.Holder;
import io.vrouter.mesh.model.Problem;
import io.vrouter.netlink.socket.AbstractSocket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One daemon per network namespace.
 *
 * <p>Two locks, both freed by the kernel however the holder ends. A file named after the namespace
 * can't be locked by another user, but is invisible in a container with its own {@code /run}. The
 * name of an abstract UNIX socket is unique per network namespace, whatever is mounted, but any
 * user may bind it: a name bound by a user other than root or this one is ignored. A second name
 * contains the first one's holder; both are read from {@code /proc/net/unix}.
 */
public final class NamespaceLock implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NamespaceLock.class);
  private static final Path DIRECTORY = Path.of("/run/vrouter");
  private static final String LOCK = "vrouter-mesh";
  private static final String LABEL = LOCK + ":";

  private final Optional<LockFile> file;
  private final Optional<AbstractSocket> lock;
  private final Optional<AbstractSocket> label;

  private NamespaceLock(
      Optional<LockFile> file, Optional<AbstractSocket> lock, Optional<AbstractSocket> label) {
    this.file = file;
    this.lock = lock;
    this.label = label;
  }

  /**
   * Takes the lock of the calling thread's network namespace.
   *
   * @param controlSocket published to a daemon that finds the lock taken
   * @throws HostException with code {@code namespace-held}, naming the holder's process and control
   *     socket where visible from here
   */
  public static NamespaceLock take(Path controlSocket) throws HostException {
    return take(DIRECTORY, controlSocket);
  }

  static NamespaceLock take(Path directory, Path controlSocket) throws HostException {
    LockFile.Attempt attempt = LockFile.take(directory.resolve(namespace() + ".lock"));
    if (attempt.outcome() == LockFile.LockState.HELD) {
      throw held(Path.of("/proc"));
    }
    Optional<LockFile> file = Optional.ofNullable(attempt.lock());
    Optional<AbstractSocket> lock = AbstractSocket.take(LOCK);
    if (lock.isEmpty() && !strangers(file.isPresent())) {
      file.ifPresent(LockFile::close);
      throw held(Path.of("/proc"));
    }
    String label = LABEL + ProcessHandle.current().pid() + ":" + controlSocket;
    return new NamespaceLock(file, lock, AbstractSocket.take(fit(label)));
  }

  private static String namespace() {
    try {
      String name = Files.readSymbolicLink(Path.of("/proc/thread-self/ns/net")).toString();
      return "netns-" + name.replaceAll("[^0-9]", "");
    } catch (IOException e) {
      return "netns";
    }
  }

  /**
   * Whether the name is bound by a user without the right to run a daemon here.
   *
   * @param alone whether the lock file proves that no daemon with the same {@code /run} runs
   */
  private static boolean strangers(boolean alone) {
    OptionalInt user = AbstractSocket.holder(LOCK);
    try {
      boolean stranger =
          user.isPresent() ? user.getAsInt() != 0 && user.getAsInt() != LockFile.ownUser() : alone;
      if (stranger) {
        LOG.warn(
            "the socket name @{} is taken by {}, which is no daemon; see 'ss -xlp'",
            LOCK,
            user.isPresent() ? "user " + user.getAsInt() : "a process that doesn't listen");
      }
      return stranger;
    } catch (IOException e) {
      return false;
    }
  }

  private static HostException held(Path proc) {
    List<String> sockets = sockets(proc);
    String who =
        sockets.stream()
            .filter(line -> line.endsWith(" @" + LOCK))
            .findFirst()
            .flatMap(line -> holder(proc, line))
            .map(Holder::toString)
            .or(() -> label(sockets).map(fields -> "process " + printable(fields[1])))
            .orElse("a process that can't be seen from here");
    String socket =
        label(sockets).map(fields -> " with control socket " + printable(fields[2])).orElse("");
    return new HostException(
        new Problem(
            "namespace-held",
            "Another meshd runs in this network namespace: " + who + socket,
            "Use that one (meshctl status), or stop it first"));
  }

  private static List<String> sockets(Path proc) {
    try {
      return Files.readAllLines(proc.resolve("thread-self/net/unix"));
    } catch (IOException e) {
      return List.of();
    }
  }

  private static Optional<Holder> holder(Path proc, String line) {
    // proc_pid_net(5): num refcount protocol flags type st inode path
    long inode = Long.parseLong(line.strip().split("\\s+", -1)[6]);
    return Optional.ofNullable(new SocketHolders(proc).find(Set.of(inode)).get(inode));
  }

  private static Optional<String[]> label(List<String> sockets) {
    return sockets.stream()
        .map(line -> line.indexOf(" @" + LABEL) < 0 ? "" : line.substring(line.indexOf('@') + 1))
        .map(name -> name.split(":", 3))
        .filter(fields -> fields.length == 3)
        .findFirst();
  }

  /** Any local user may have chosen the text. */
  private static String printable(String text) {
    return text.replaceAll("[^\\x21-\\x7e]", "?");
  }

  private static String fit(String label) {
    String fitted = label;
    while (fitted.getBytes(StandardCharsets.UTF_8).length > AbstractSocket.MAX_NAME) {
      fitted = fitted.substring(0, fitted.length() - 1);
    }
    return fitted;
  }

  /** Frees the namespace for another daemon. Idempotent. */
  @Override
  public void close() {
    label.ifPresent(AbstractSocket::close);
    lock.ifPresent(AbstractSocket::close);
    file.ifPresent(LockFile::close);
  }
}
