package io.vrouter.membership;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads that do not keep the process alive. */
public final class DaemonThreads {
  private DaemonThreads() {}

  /** One thread, not started yet. */
  public static Thread of(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }

  /** A factory of threads of one name: for an executor with one thread. */
  public static ThreadFactory named(String name) {
    return work -> of(name, work);
  }

  /** A factory of threads named {@code PREFIX1}, {@code PREFIX2} and so on. */
  public static ThreadFactory numbered(String prefix) {
    AtomicInteger last = new AtomicInteger();
    return work -> of(prefix + last.incrementAndGet(), work);
  }
}
