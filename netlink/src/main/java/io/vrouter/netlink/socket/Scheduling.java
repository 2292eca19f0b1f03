package io.vrouter.netlink.socket;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * When threads get the processor (sched(7)). Thread-safe, as the calls are. What a thread begins
 * later, threads and processes, is scheduled as usual (SCHED_RESET_ON_FORK).
 */
public final class Scheduling {
  /** The calling thread, for {@link #roundRobin(int)}. */
  public static final int SELF = 0;

  private static final int SCHED_OTHER = 0;
  private static final int SCHED_RR = 2;
  private static final int SCHED_RESET_ON_FORK = 0x4000_0000;

  /** The lowest: this host's other real-time threads, the kernel's among them, go first. */
  private static final int PRIORITY = 1;

  private Scheduling() {}

  /**
   * Has a thread run before all that are scheduled as usual.
   *
   * @param thread its number, as in /proc/self/task, or {@link #SELF}
   * @throws SyscallException EPERM without CAP_SYS_NICE, RLIMIT_RTPRIO of 1 or more, or where the
   *     control group has no real-time share; ESRCH when there is no such thread
   */
  public static void roundRobin(int thread) {
    LibC.schedSetscheduler(thread, SCHED_RR | SCHED_RESET_ON_FORK, parameter(PRIORITY));
  }

  /**
   * Has the calling thread scheduled as usual.
   *
   * @throws SyscallException as the kernel says
   */
  public static void usual() {
    LibC.schedSetscheduler(SELF, SCHED_OTHER | SCHED_RESET_ON_FORK, parameter(0));
  }

  private static ByteBuffer parameter(int priority) {
    return ByteBuffer.allocateDirect(4).order(ByteOrder.nativeOrder()).putInt(0, priority);
  }
}
