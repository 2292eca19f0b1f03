package io.vrouter.membership.jgroups;

import io.vrouter.membership.NodeId;
import io.vrouter.membership.crypto.SealedLink;
import io.vrouter.membership.crypto.Verdict;
import java.io.DataInput;
import java.io.IOException;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Collection;
import org.jgroups.Address;
import org.jgroups.Message;
import org.jgroups.PhysicalAddress;
import org.jgroups.protocols.NoBundler;
import org.jgroups.protocols.UDP;
import org.jgroups.stack.IpAddress;
import org.jgroups.util.LazyThreadFactory;
import org.jgroups.util.Util;
import org.jspecify.annotations.Nullable;

/**
 * JGroups' UDP transport with every datagram sealed. No received datagram is parsed before it was
 * opened and {@link FrameCheck} accepted its frame.
 *
 * <p>Public because JGroups reads its name by reflection; used by this package only.
 */
public final class SealedUdp extends UDP {
  /** Most octets of UDP payload, sealing included. */
  static final int MAX_DATAGRAM = 1200;

  static final int SOCKET_BUFFER = 200_000;

  private final SealedLink link;
  private final InetSocketAddress self;
  private final IpAddress here;
  private final InetSocketAddress group;
  private final FrameCheck check;
  private final SwimFrame form;
  private final TransportTally counters;
  private final Remarks remarks;
  private final PriorityLimit precedence;
  private int device;

  /** Receives failures and successes; called on the transport's threads. */
  interface Remarks {
    /** A datagram was dropped without effect. */
    void dropped(Verdict.Reason reason, InetSocketAddress from);

    /** A node sent content that this program never sends. */
    void offended(NodeId node, InetSocketAddress from);

    /** A datagram was sent. */
    void sent(InetSocketAddress to);

    /** A datagram could not be sent. */
    void unsent(InetSocketAddress to, Exception why);
  }

  SealedUdp(
      JGroupsConfig config,
      SealedLink link,
      FrameCheck check,
      SwimFrame form,
      TransportTally counters,
      Remarks remarks) {
    this.link = link;
    this.self = config.local();
    this.here = new IpAddress(self.getAddress(), self.getPort());
    this.group = config.group();
    this.check = check;
    this.form = form;
    this.counters = counters;
    this.remarks = remarks;
    this.precedence = new PriorityLimit(config.urgency(), config.nanoTime());
    setBindAddress(config.underlay());
    setBindPort(config.port());
    setPortRange(0);
    setMulticasting(config.multicast());
    setMulticastAddress(group.getAddress());
    setMulticastPort(group.getPort());
    setIpTTL(1);
    setUcastSendBufSize(SOCKET_BUFFER).setUcastRecvBufSize(SOCKET_BUFFER);
    setMcastSendBufSize(SOCKET_BUFFER).setMcastRecvBufSize(SOCKET_BUFFER);
    setMessageProcessingPolicy("all-direct");
    // The calling thread sends: an extra thread would be woken for every datagram.
    setBundler(new NoBundler());
    useVirtualThreads(false);
    setThreadFactory(new LazyThreadFactory("jgroups", true, true));
    getThreadPool().setMinThreads(0).setMaxThreads(4);
    time_service_interval = 0;
    logical_addr_cache_reaper_interval = 0;
    enableStats(false);
    diag_handler = createDiagnosticsHandler();
    diag_handler.setEnabled(false);
  }

  @Override
  protected MulticastSocket createMulticastSocketWithBindPort() throws BindException, Exception {
    // Binds one port or fails: the superclass's own message drops the cause.
    MulticastSocket socket = getSocketFactory().createMulticastSocket("vrouter.gossip", null);
    setTimeToLive(ip_ttl, socket);
    setNetworkInterface(bind_addr, socket);
    MemberSockets.bindShared(socket, new InetSocketAddress(bind_addr, bind_port));
    return socket;
  }

  @Override
  protected void createSockets() throws Exception {
    NetworkInterface underlay = NetworkInterface.getByInetAddress(bind_addr);
    device = underlay == null ? 0 : underlay.getIndex();
    mcast_group_addr = onDevice(group.getAddress(), device);
    super.createSockets();
  }

  /**
   * The group's address to bind to: for IPv6 the kernel binds to it with its link's index only.
   * JGroups would use the wildcard address, where the unicast socket's port is taken.
   */
  private static InetAddress onDevice(InetAddress address, int index) throws UnknownHostException {
    return address instanceof Inet6Address
        ? Inet6Address.getByAddress(null, address.getAddress(), index)
        : address;
  }

  /**
   * Moves the multicast socket to the device that now has the underlay's address. The kernel ends a
   * group membership with its device, and sends multicasts by the named device only. On one thread,
   * and not while the channel opens or closes.
   *
   * @return whether the device is another one
   * @throws IOException when the kernel refuses; the former membership may be gone
   */
  boolean followDevice() throws IOException {
    NetworkInterface now = NetworkInterface.getByInetAddress(bind_addr);
    if (!ip_mcast || now == null || now.getIndex() == device) {
      return false;
    }
    sock.setNetworkInterface(now);
    // A new socket: the JDK treats the old membership, of equal name and address, as the new one,
    // and the kernel keeps it.
    mcast_group_addr = onDevice(group.getAddress(), now.getIndex());
    MulticastSocket fresh =
        Util.createMulticastSocket(
            getSocketFactory(), "vrouter.group", mcast_group_addr, mcast_port, log);
    MulticastSocket old = mcast_sock;
    mcast_sock = fresh;
    old.close();
    stopMcastReceiverThreads();
    fresh.setReceiveBufferSize(SOCKET_BUFFER);
    mcast_receivers = createReceivers(1, fresh, MCAST_NAME);
    startMcastReceiverThreads();
    fresh.joinGroup(new InetSocketAddress(mcast_group_addr, mcast_port), now);
    device = now.getIndex();
    return true;
  }

  /**
   * Keeps this node's own address only. JGroups never removes one, and sends to addresses of this
   * class without this cache.
   */
  @Override
  protected boolean addPhysicalAddressToCache(
      Address logical, PhysicalAddress physical, boolean overwrite) {
    return logical != null
        && logical.equals(local_addr)
        && super.addPhysicalAddressToCache(logical, physical, overwrite);
  }

  /** The addresses that JGroups holds. */
  Collection<PhysicalAddress> cachedAddresses() {
    return getAllPhysicalAddressesFromCache();
  }

  /** Closes the multicast socket too, which the superclass leaves open without its interface. */
  @Override
  protected void destroySockets() {
    super.destroySockets();
    if (mcast_sock != null) {
      mcast_sock.close();
    }
  }

  /** Marshals this program's messages directly and passes all others to the superclass. */
  @Override
  public @Nullable Object down(Message message) {
    ByteBuffer frame = form.of(message);
    if (frame == null || !(message.getDest() instanceof IpAddress to)) {
      return super.down(message);
    }
    InetSocketAddress address = new InetSocketAddress(to.getIpAddress(), to.getPort());
    transmit(address, link.seal(address, frame));
    return null;
  }

  @Override
  public void sendUnicast(PhysicalAddress dest, byte[] data, int offset, int length) {
    IpAddress to = (IpAddress) dest;
    InetSocketAddress address = new InetSocketAddress(to.getIpAddress(), to.getPort());
    ByteBuffer frame = Frame.compact(ByteBuffer.wrap(data, offset, length).slice(), self, address);
    transmit(address, link.seal(address, frame));
  }

  @Override
  public void sendToAll(byte[] data, int offset, int length) {
    if (ip_mcast) {
      ByteBuffer frame = Frame.compact(ByteBuffer.wrap(data, offset, length).slice(), self, group);
      transmit(group, link.seal(group, frame));
    }
  }

  /** Sends a datagram that is sealed already. Any thread. */
  void sendSealed(InetSocketAddress to, ByteBuffer datagram) {
    transmit(to, datagram);
  }

  /**
   * A failed send is counted and reported, but is no error for the caller: UDP may lose datagrams.
   */
  private void transmit(InetSocketAddress to, ByteBuffer datagram) {
    try {
      if (datagram.remaining() > MAX_DATAGRAM) {
        throw new IOException(datagram.remaining() + " bytes are too many for a datagram");
      }
      _send(
          to.getAddress(),
          to.getPort(),
          datagram.array(),
          datagram.arrayOffset(),
          datagram.remaining());
      counters.sent.increment();
      counters.sentBytes.add(datagram.remaining());
      remarks.sent(to);
    } catch (Exception e) { // declared by the superclass; the socket throws IOException
      counters.sendFailures.increment();
      remarks.unsent(to, e);
    }
  }

  @Override
  public void receive(Address sender, byte[] data, int offset, int length) {
    precedence.worked();
    IpAddress source = (IpAddress) sender;
    InetAddress address = source.getIpAddress();
    if (address == null || sender.equals(local_physical_addr)) {
      return;
    }
    counters.received.increment();
    counters.receivedBytes.add(length);
    InetSocketAddress from = new InetSocketAddress(address, source.getPort());
    Verdict verdict = link.open(from, ByteBuffer.wrap(data, offset, length).slice());
    if (verdict instanceof Verdict.Opened opened) {
      Message ours = opened.group() ? null : form.in(opened.frame(), source, here, opened.sender());
      if (ours != null) {
        up_prot.up(ours);
      } else if (check.accepts(opened.frame(), from, opened.group())) {
        ByteBuffer message = Frame.expand(opened.frame(), from, self);
        super.receive(sender, message.array(), message.arrayOffset(), message.remaining());
      } else {
        counters.unlikely.increment();
        if (!opened.group()) { // any holder of the token can forge a multicast's sender
          remarks.offended(opened.sender(), from);
        }
      }
    } else if (verdict instanceof Verdict.Reply reply) {
      counters.handshakes.increment();
      for (ByteBuffer datagram : reply.datagrams()) {
        transmit(from, datagram);
      }
    } else if (verdict instanceof Verdict.Dropped dropped) {
      counters.dropped(dropped.reason());
      remarks.dropped(dropped.reason(), from);
    } else {
      throw new IllegalStateException("a verdict of an unknown kind: " + verdict);
    }
  }

  /** The parser's other entry, unused: no datagram bypasses the sealing. */
  @Override
  public void receive(Address sender, DataInput in, int length) {
    throw new UnsupportedOperationException("datagrams only");
  }
}
