package io.vrouter.netlink.socket;

/** Whose rights the process has. */
public final class Uid {
  private Uid() {}

  /** The effective user id; 0 is root (geteuid(2)). */
  public static int effective() {
    return LibC.geteuid();
  }
}
