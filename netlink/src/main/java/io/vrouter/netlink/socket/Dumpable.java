package io.vrouter.netlink.socket;

/**
 * Whether the calling process leaves a core dump, and whether another process of the same user may
 * look into its memory (PR_SET_DUMPABLE, prctl(2)). Thread-safe.
 */
public final class Dumpable {
  private static final int PR_GET_DUMPABLE = 3;
  private static final int PR_SET_DUMPABLE = 4;

  private Dumpable() {}

  /**
   * Sets the flag of the calling process.
   *
   * @throws SyscallException when the kernel refuses
   */
  public static void set(boolean dumpable) {
    int unused = LibC.prctl(PR_SET_DUMPABLE, dumpable ? 1 : 0);
  }

  /** The flag of the calling process. */
  public static boolean get() {
    return LibC.prctl(PR_GET_DUMPABLE, 0) == 1;
  }
}
