package io.vrouter.netlink.socket;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Runs work inside another network namespace. */
public final class Netns {
  private Netns() {}

  /**
   * Runs work on a thread of its own inside a namespace and waits for it. The thread ends
   * afterwards: setns(2) is per thread, and a thread that is not used again need not go back. A
   * socket opened by the work stays in that namespace.
   *
   * @param netns a file such as /var/run/netns/NAME or /proc/PID/ns/net
   * @throws SyscallException when the namespace can't be entered; unchecked exceptions of the work
   *     are passed on
   */
  public static <T> T call(Path netns, Callable<T> work) {
    FutureTask<T> task =
        new FutureTask<>(
            () -> {
              int fd = LibC.open(netns.toString());
              try {
                LibC.setns(fd);
              } finally {
                LibC.close(fd);
              }
              return work.call();
            });
    Thread thread = new Thread(task, "netns-" + netns.getFileName());
    thread.setDaemon(true);
    thread.start();
    boolean interrupted = false;
    while (true) {
      try {
        T result = task.get();
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
        return result;
      } catch (InterruptedException e) {
        // The work is short, and to abandon it would leak an open socket.
        interrupted = true;
      } catch (ExecutionException e) {
        Throwable cause = e.getCause();
        if (cause instanceof RuntimeException unchecked) {
          throw unchecked;
        }
        throw new IllegalStateException("in " + netns + ": " + cause, cause);
      }
    }
  }
}
