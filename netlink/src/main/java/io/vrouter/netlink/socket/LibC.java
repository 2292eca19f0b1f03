package io.vrouter.netlink.socket;

import io.vrouter.netlink.wire.Errno;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.ffi.types.size_t;
import jnr.ffi.types.ssize_t;

/**
 * The C library's system calls, on 64-bit Linux. Buffers must be direct. Calls that a signal
 * interrupts are repeated; any other error is a {@link SyscallException}, except where the result
 * contains the error number. Thread-safe, as the calls are.
 */
final class LibC {
  static final int AF_NETLINK = 16;
  static final int SOCK_STREAM = 1;
  static final int SOCK_DGRAM = 2;
  static final int SOCK_RAW = 3;
  static final int SOCK_CLOEXEC = 0x80000;
  static final int SOCK_NONBLOCK = 0x800;
  static final int SOL_SOCKET = 1;
  static final int SO_RCVBUF = 8;
  static final int SO_PEERCRED = 17;
  static final int SO_RCVBUFFORCE = 33;
  static final int MSG_TRUNC = 0x20;
  static final int MSG_DONTWAIT = 0x40;
  static final int MSG_ERRQUEUE = 0x2000;
  static final int POLLIN = 1;
  static final int CLONE_NEWNET = 0x40000000;
  private static final int O_RDONLY_CLOEXEC = 0x80000;
  private static final int EFD_CLOEXEC_NONBLOCK = 0x80800;

  /**
   * Number of bpf(2): arch/x86/entry/syscalls/syscall_64.tbl, include/uapi/asm-generic/unistd.h.
   */
  private static final long NR_BPF = System.getProperty("os.arch").equals("amd64") ? 321 : 280;

  private LibC() {}

  /** Bound by jnr-ffi: one method per function of the C library. */
  public interface Calls {
    int socket(int domain, int type, int protocol);

    int bind(int fd, ByteBuffer address, int length);

    int connect(int fd, ByteBuffer address, int length);

    int listen(int fd, int backlog);

    int setsockopt(int fd, int level, int name, ByteBuffer value, int length);

    int getsockopt(int fd, int level, int name, ByteBuffer value, ByteBuffer length);

    @ssize_t
    long send(int fd, ByteBuffer buffer, @size_t long length, int flags);

    @ssize_t
    long sendto(
        int fd,
        ByteBuffer buffer,
        @size_t long length,
        int flags,
        ByteBuffer address,
        int addressLength);

    @ssize_t
    long recvmsg(int fd, ByteBuffer header, int flags);

    int poll(ByteBuffer fds, @size_t long count, int timeout);

    int open(String path, int flags);

    int setns(int fd, int type);

    int eventfd(int initial, int flags);

    @ssize_t
    long write(int fd, ByteBuffer buffer, @size_t long length);

    int close(int fd);

    int sched_setscheduler(int pid, int policy, ByteBuffer parameter);

    int prctl(int option, long arg2, long arg3, long arg4, long arg5);

    long syscall(long number, long command, ByteBuffer attr, long size);
  }

  /** Binds at the first call: a program without such a call needs no native library. */
  private static final class Bound {
    static final Calls CALLS = LibraryLoader.create(Calls.class).load("c");
    static final Runtime RUNTIME = Runtime.getRuntime(CALLS);
  }

  static int socket(int domain, int type, int protocol) {
    return check("socket", Bound.CALLS.socket(domain, type | SOCK_CLOEXEC, protocol));
  }

  static void bind(int fd, ByteBuffer address) {
    check("bind", Bound.CALLS.bind(fd, address, address.remaining()));
  }

  static void connect(int fd, ByteBuffer address) {
    check("connect", Bound.CALLS.connect(fd, address, address.remaining()));
  }

  static void listen(int fd, int backlog) {
    check("listen", Bound.CALLS.listen(fd, backlog));
  }

  /** Fills the buffer; its size is what the kernel may write. */
  static void getsockopt(int fd, int level, int name, ByteBuffer value) {
    ByteBuffer length =
        ByteBuffer.allocateDirect(4).order(ByteOrder.nativeOrder()).putInt(0, value.capacity());
    check("getsockopt", Bound.CALLS.getsockopt(fd, level, name, value, length));
  }

  /** 0, or the error number. */
  static int setsockopt(int fd, int level, int name, int value) {
    ByteBuffer buffer =
        ByteBuffer.allocateDirect(4).order(ByteOrder.nativeOrder()).putInt(0, value);
    return Bound.CALLS.setsockopt(fd, level, name, buffer, 4) < 0 ? errno() : 0;
  }

  /** Octets sent, or the negative error number. */
  static int send(int fd, ByteBuffer octets) {
    long sent;
    do {
      sent = Bound.CALLS.send(fd, octets, octets.remaining(), 0);
    } while (sent < 0 && errno() == Errno.EINTR);
    return sent < 0 ? -errno() : (int) sent;
  }

  /** Octets sent to an address, or the negative error number. */
  static int sendto(int fd, ByteBuffer octets, ByteBuffer address) {
    long sent;
    do {
      sent = Bound.CALLS.sendto(fd, octets, octets.remaining(), 0, address, address.remaining());
    } while (sent < 0 && errno() == Errno.EINTR);
    return sent < 0 ? -errno() : (int) sent;
  }

  /** Octets of the datagram, or the negative error number. */
  static int recvmsg(int fd, MessageHeader header, int flags) {
    long received;
    do {
      header.reset();
      received = Bound.CALLS.recvmsg(fd, header.octets(), flags);
    } while (received < 0 && errno() == Errno.EINTR);
    return received < 0 ? -errno() : (int) received;
  }

  /**
   * Waits until one of the descriptors can be read or has an error.
   *
   * @return whether one has
   */
  static boolean poll(Duration timeout, int... fds) {
    ByteBuffer set = ByteBuffer.allocateDirect(8 * fds.length).order(ByteOrder.nativeOrder());
    for (int fd : fds) {
      set.putInt(fd).putShort((short) POLLIN).putShort((short) 0);
    }
    set.flip();
    long deadline = System.nanoTime() + timeout.toNanos();
    while (true) {
      long left = Math.max(0, deadline - System.nanoTime());
      // Rounded up: a rest below 1 ms would poll in a busy loop.
      int millis = (int) Math.min(Integer.MAX_VALUE, (left + 999_999) / 1_000_000);
      int ready = Bound.CALLS.poll(set, fds.length, millis);
      if (ready >= 0) {
        return ready > 0;
      }
      if (errno() != Errno.EINTR) {
        throw new SyscallException("poll", errno());
      }
    }
  }

  static int open(String path) {
    int fd;
    do {
      fd = Bound.CALLS.open(path, O_RDONLY_CLOEXEC);
    } while (fd < 0 && errno() == Errno.EINTR);
    return check("open " + path, fd);
  }

  /** Moves the calling thread into a network namespace. */
  static void setns(int fd) {
    check("setns", Bound.CALLS.setns(fd, CLONE_NEWNET));
  }

  static int eventfd() {
    return check("eventfd", Bound.CALLS.eventfd(0, EFD_CLOEXEC_NONBLOCK));
  }

  /** Makes an eventfd readable, for good. */
  static void signal(int eventfd) {
    ByteBuffer one = ByteBuffer.allocateDirect(8).order(ByteOrder.nativeOrder()).putLong(0, 1);
    check("write to eventfd", (int) Bound.CALLS.write(eventfd, one, 8));
  }

  /** Never repeated: Linux has closed the descriptor even after EINTR (close(2)). */
  static void close(int fd) {
    int unused = Bound.CALLS.close(fd);
  }

  /** For one thread: 0 is the calling one. */
  static void schedSetscheduler(int thread, int policy, ByteBuffer parameter) {
    check("sched_setscheduler", Bound.CALLS.sched_setscheduler(thread, policy, parameter));
  }

  /** An operation on the calling process; a variadic function of 5 machine words (prctl(2)). */
  static int prctl(int option, long value) {
    return check("prctl", Bound.CALLS.prctl(option, value, 0, 0, 0));
  }

  /** bpf(2): its result, or the negative error number. The C library has no function for it. */
  static int bpf(int command, ByteBuffer attr) {
    long result;
    do {
      result = Bound.CALLS.syscall(NR_BPF, command, attr, attr.capacity());
    } while (result < 0 && errno() == Errno.EINTR);
    return result < 0 ? -errno() : (int) result;
  }

  /** The memory address of a direct buffer. */
  static long address(ByteBuffer direct) {
    return Pointer.wrap(Bound.RUNTIME, direct).address();
  }

  private static int check(String op, int result) {
    if (result < 0) {
      throw new SyscallException(op, errno());
    }
    return result;
  }

  private static int errno() {
    return Bound.RUNTIME.getLastError();
  }
}
