package io.vrouter.netlink.socket;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Real-time scheduling of threads (sched(7)). Thread-safe, as the calls are. Threads and processes
 * that a thread starts later get the default policy (SCHED_RESET_ON_FORK).
 */
public final class Scheduling {
  /** The calling thread, for {@link #roundRobin(int)}. */
  public static final int SELF = 0;

  private static final int SCHED_OTHER = 0;
  private static final int SCHED_RR = 2;
  private static final int SCHED_RESET_ON_FORK = 0x4000_0000;

  /** The lowest real-time priority: other real-time threads, the kernel's among them, run first. */
  private static final int PRIORITY = 1;

  private Scheduling() {}

  /**
   * Schedules a thread before all threads of the default policy (SCHED_RR).
   *
   * @param thread its number, as in /proc/self/task, or {@link #SELF}
   * @throws SyscallException EPERM without CAP_SYS_NICE, RLIMIT_RTPRIO of 1 or more, or where the
   *     control group has no real-time share; ESRCH when there is no such thread
   */
  public static void roundRobin(int thread) {
    LibC.schedSetscheduler(thread, SCHED_RR | SCHED_RESET_ON_FORK, parameter(PRIORITY));
  }

  /**
   * Schedules the calling thread by the default policy (SCHED_OTHER).
   *
   * @throws SyscallException when the kernel refuses
   */
  public static void usual() {
    LibC.schedSetscheduler(SELF, SCHED_OTHER | SCHED_RESET_ON_FORK, parameter(0));
  }

  private static ByteBuffer parameter(int priority) {
    return ByteBuffer.allocateDirect(4).order(ByteOrder.nativeOrder()).putInt(0, priority);
  }
}
