package io.vrouter.netlink.socket;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** bpf(2). The buffers are direct. Thread-safe. */
public final class BpfSyscall {
  private BpfSyscall() {}

  /**
   * Makes one call.
   *
   * @param pointed buffers whose address is in {@code attr}
   * @return its result, or the negative error number
   */
  public static int call(int command, ByteBuffer attr, ByteBuffer... pointed) {
    try {
      return LibC.bpf(command, attr);
    } finally {
      // The memory of a buffer goes with its object.
      Reference.reachabilityFence(pointed);
    }
  }

  /** A buffer of zeros in host order. */
  public static ByteBuffer buffer(int octets) {
    return ByteBuffer.allocateDirect(octets).order(ByteOrder.nativeOrder());
  }

  /** The memory address of a direct buffer's first octet, whatever its position. */
  public static long address(ByteBuffer direct) {
    return LibC.address(direct.duplicate().clear());
  }

  /** Closes a file descriptor that a call returned. */
  public static void close(int fd) {
    LibC.close(fd);
  }
}
