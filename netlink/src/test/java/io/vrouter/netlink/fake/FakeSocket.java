package io.vrouter.netlink.fake;

import io.vrouter.netlink.socket.NetlinkSocket;
import io.vrouter.netlink.socket.SyscallException;
import io.vrouter.netlink.wire.Errno;
import io.vrouter.netlink.wire.Message;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One socket of the fake kernel. */
final class FakeSocket implements NetlinkSocket {
  private static final int DATAGRAM = 32 * 1024;

  private final FakeKernel kernel;
  private final Set<Integer> groups;
  private final LinkedBlockingQueue<Received> queue = new LinkedBlockingQueue<>();
  private volatile @Nullable Received lastOfDump;
  private volatile boolean closed;

  FakeSocket(FakeKernel kernel, Set<Integer> groups) {
    this.kernel = kernel;
    this.groups = groups;
  }

  boolean listensTo(int group) {
    return groups.contains(group);
  }

  boolean isMonitor() {
    return !groups.isEmpty();
  }

  /** Queues messages, as many to a datagram as the kernel puts there. */
  void deliver(List<Message> messages) {
    ByteBuffer datagram = ByteBuffer.allocate(DATAGRAM).order(ByteOrder.nativeOrder());
    for (Message message : messages) {
      if (datagram.remaining() < message.size()) {
        queue.add(new Received.KernelDatagram(datagram.flip()));
        datagram = ByteBuffer.allocate(Math.max(DATAGRAM, message.size()));
        datagram.order(ByteOrder.nativeOrder());
      }
      message.write(datagram);
    }
    if (datagram.position() > 0) {
      queue.add(new Received.KernelDatagram(datagram.flip()));
    }
  }

  /** Queues a dump, which runs until its last datagram was taken. */
  void dump(List<Message> messages) {
    List<Received> before = List.copyOf(queue);
    deliver(messages);
    List<Received> after = List.copyOf(queue);
    lastOfDump = after.size() > before.size() ? after.get(after.size() - 1) : null;
  }

  boolean isDumping() {
    return lastOfDump != null;
  }

  void overrun() {
    queue.add(new Received.ReceiveOverrun());
  }

  @Override
  public void send(ByteBuffer datagram) {
    if (closed) {
      throw new SyscallException("send on a closed socket", Errno.EBADF);
    }
    List<Message> messages = Message.parse(datagram);
    datagram.position(datagram.limit());
    kernel.handle(this, messages);
  }

  // The very datagram is meant, not one of equal content.
  @SuppressWarnings("ReferenceEquality")
  @Override
  public Received receive(Duration timeout) {
    if (closed) {
      return new Received.Closed();
    }
    try {
      Received received = queue.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
      if (received != null && received == lastOfDump) {
        lastOfDump = null;
      }
      return received == null ? new Received.Nothing() : received;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Received.Nothing();
    }
  }

  @Override
  public void close() {
    closed = true;
    kernel.forget(this);
    queue.add(new Received.Closed());
  }
}
