package io.vrouter.mesh.host;

import io.vrouter.membership.ThreadPriority;
import io.vrouter.netlink.socket.Scheduling;
import io.vrouter.netlink.socket.SyscallException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Real-time priority for the threads that answer probes: a late answer makes this host look failed.
 * Where the kernel refuses, they are scheduled as usual, which {@code meshctl doctor} reports.
 * Thread-safe.
 */
public final class RealTime implements ThreadPriority {
  private static final Logger LOG = LoggerFactory.getLogger(RealTime.class);
  private static final Path TASKS = Path.of("/proc/self/task");

  /** HotSpot's name for the thread that collects garbage while all others wait. */
  private static final String VM_THREAD = "VM Thread";

  private final AtomicReference<@Nullable String> refusal = new AtomicReference<>();

  /** Why threads have no real-time priority; empty when they have it. */
  public Optional<String> refusal() {
    return Optional.ofNullable(refusal.get());
  }

  @Override
  public void raise() {
    raise(Scheduling.SELF);
  }

  @Override
  public void lower() {
    try {
      Scheduling.usual();
    } catch (SyscallException e) {
      LOG.debug("a thread that has too much to do stays real-time", e);
    }
  }

  /** Raises the virtual machine's own thread, too: the others wait for it in a collection. */
  public void raiseMachine() {
    try (DirectoryStream<Path> tasks = Files.newDirectoryStream(TASKS)) {
      for (Path task : tasks) {
        if (name(task).equals(VM_THREAD)) {
          raise(Integer.parseInt(task.getFileName().toString()));
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      LOG.info("the virtual machine's threads can't be listed: {}", e.toString());
    }
  }

  private static String name(Path task) {
    try {
      return Files.readString(task.resolve("comm")).strip();
    } catch (IOException e) {
      LOG.debug("a thread has ended", e);
      return "";
    }
  }

  private void raise(int thread) {
    try {
      Scheduling.roundRobin(thread);
    } catch (SyscallException e) {
      if (refusal.compareAndSet(null, e.getMessage())) {
        LOG.info("no real-time threads: {}; 'meshctl doctor' tells what to do", e.getMessage());
      }
    }
  }
}
