package io.vrouter.membership.jgroups;

import io.vrouter.membership.DaemonThreads;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.PortUnreachableException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jgroups.stack.IpAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A socket of its own for each member, on the same port as the shared one: connected to the
 * member's address, so the kernel puts the member's datagrams into its buffer (udp(7), a connected
 * socket matches closest). A flood from elsewhere fills the shared buffer only, and is read by
 * another thread.
 *
 * <p>The port is shared by SO_REUSEPORT, which the kernel allows among sockets of one user. Between
 * bind and connect a socket may get others' datagrams; all are read alike. {@link #follow} is
 * called by one thread at a time.
 */
final class MemberSockets implements AutoCloseable {
  /** Most members with a socket: each costs a descriptor, and the kernel looks at all of a port. */
  static final int MOST = 256;

  /** Datagrams of one member read in a row while another waits. */
  private static final int ROW = 32;

  private static final Logger LOG = LoggerFactory.getLogger(MemberSockets.class);

  private final InetSocketAddress local;
  private final int bufferSize;
  private final DatagramSink arrival;
  private final Map<InetSocketAddress, DatagramChannel> open = new HashMap<>();
  private @Nullable Selector selector;
  private volatile boolean closed;

  /** Receives datagrams, on this object's thread. */
  interface DatagramSink {
    void receive(IpAddress from, byte[] data, int offset, int length);
  }

  /**
   * Opens nothing yet.
   *
   * @param local the shared socket's address
   * @param bufferSize octets of a receive buffer
   */
  MemberSockets(InetSocketAddress local, int bufferSize, DatagramSink arrival) {
    this.local = local;
    this.bufferSize = bufferSize;
    this.arrival = arrival;
  }

  /** Binds the shared socket, which fails when the port is taken, and then shares the port. */
  static void bindShared(MulticastSocket socket, InetSocketAddress local) throws IOException {
    socket.setReuseAddress(false); // any user's socket with this option could share the port
    socket.bind(local);
    socket.setOption(StandardSocketOptions.SO_REUSEPORT, true);
  }

  /**
   * Opens sockets of new members and closes those of others; at most {@link #MOST} are open.
   *
   * @return false when the kernel refused one; the member's datagrams come by the shared socket
   */
  synchronized boolean follow(Set<InetSocketAddress> members) {
    if (closed) {
      return true;
    }
    boolean all = true;
    for (InetSocketAddress gone : new HashSet<>(open.keySet())) {
      if (!members.contains(gone)) {
        close(open.remove(gone));
      }
    }
    if (selector != null) {
      selector.wakeup(); // which closes the sockets: until then they would keep datagrams
    }
    for (InetSocketAddress member : members) {
      if (open.size() < MOST && !open.containsKey(member)) {
        try {
          open.put(member, connected(member));
        } catch (IOException e) {
          all = false;
          LOG.debug("no socket for {}: {}", member, e.toString());
        }
      }
    }
    return all;
  }

  /** Number of members with a socket. */
  synchronized int size() {
    return open.size();
  }

  private DatagramChannel connected(InetSocketAddress member) throws IOException {
    Selector waiting = selector;
    if (waiting == null) {
      waiting = Selector.open();
      selector = waiting;
      Selector started = waiting;
      DaemonThreads.of("gossip-members", () -> run(started)).start();
    }
    boolean ipv4 = member.getAddress().getAddress().length == 4;
    DatagramChannel channel =
        DatagramChannel.open(ipv4 ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
    try {
      channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
      channel.setOption(StandardSocketOptions.SO_RCVBUF, bufferSize);
      channel.configureBlocking(false);
      channel.bind(local).connect(member);
      channel.register(
          waiting, SelectionKey.OP_READ, new IpAddress(member.getAddress(), member.getPort()));
      waiting.wakeup();
      return channel;
    } catch (IOException | RuntimeException e) {
      close(channel);
      throw e;
    }
  }

  private void run(Selector waiting) {
    byte[] octets = new byte[SealedUdp.MAX_DATAGRAM + 1];
    ByteBuffer buffer = ByteBuffer.wrap(octets);
    while (!closed) {
      try {
        waiting.select(key -> read(key, buffer, octets));
      } catch (ClosedSelectorException e) {
        return;
      } catch (CancelledKeyException e) {
        LOG.debug("a member's socket was closed while it was read");
      } catch (IOException | RuntimeException e) {
        LOG.error("reading the members' sockets goes on after a fault", e);
      }
    }
  }

  private void read(SelectionKey key, ByteBuffer buffer, byte[] octets) {
    DatagramChannel channel = (DatagramChannel) key.channel();
    IpAddress from = (IpAddress) key.attachment();
    try {
      for (int i = 0; i < ROW; i++) {
        int length = channel.read(buffer.clear());
        if (length <= 0) {
          return;
        }
        arrival.receive(from, octets, 0, length);
      }
    } catch (PortUnreachableException e) {
      // An answer to a datagram of the shared socket: the member's daemon isn't there now.
      LOG.trace("{} is closed", from);
    } catch (ClosedChannelException e) {
      LOG.trace("the socket of {} was closed", from);
    } catch (IOException e) {
      LOG.debug("receiving from {}: {}", from, e.toString());
    }
  }

  private static void close(@Nullable DatagramChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      LOG.debug("closing a member's socket: {}", e.toString());
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    open.values().forEach(MemberSockets::close);
    open.clear();
    try {
      if (selector != null) {
        selector.close();
      }
    } catch (IOException e) {
      LOG.debug("closing the members' selector: {}", e.toString());
    }
  }
}
