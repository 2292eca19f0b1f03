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
import java.util.Set;

/**
 * One daemon per network namespace.
 *
 * <p>The lock is the name of an abstract UNIX socket: such names are one set per network namespace,
 * also for containers that share the host's with mounts of their own, and the kernel frees them
 * however the holder ends. A second name beside it tells others who holds it; both are to be read
 * in {@code /proc/net/unix}.
 */
public final class NamespaceLock implements AutoCloseable {
  private static final String LOCK = "vrouter-mesh";
  private static final String LABEL = LOCK + ":";

  private final AbstractSocket lock;
  private final Optional<AbstractSocket> label;

  private NamespaceLock(AbstractSocket lock, Optional<AbstractSocket> label) {
    this.lock = lock;
    this.label = label;
  }

  /**
   * Takes the lock of the calling thread's network namespace.
   *
   * @param controlSocket told to whoever comes second
   * @throws HostException with code {@code namespace-held}, naming the holder's process and control
   *     socket as far as they are to be seen from here
   */
  public static NamespaceLock take(Path controlSocket) throws HostException {
    AbstractSocket lock = AbstractSocket.take(LOCK).orElse(null);
    if (lock == null) {
      throw held(Path.of("/proc"));
    }
    String label = LABEL + ProcessHandle.current().pid() + ":" + controlSocket;
    return new NamespaceLock(lock, AbstractSocket.take(fit(label)));
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

  /** Any user of this host may have chosen the text. */
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
    lock.close();
  }
}
