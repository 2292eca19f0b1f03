package io.vrouter.mesh.trial;

import io.vrouter.netlink.socket.UnfragmentedSocket;
import io.vrouter.netlink.socket.UnfragmentedSocket.Inbound;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;

/**
 * One host's side of the trial of a pair: sends on each lane until both hosts know that small and
 * large packets arrived, or the time is up. For one thread.
 *
 * <p>A packet: magic, id, lane, flags, the lane's number of an echo; padded to its size.
 */
final class PairTrial implements AutoCloseable {
  /** Octets of a small packet's content. */
  private static final int SMALL = 24;

  private static final int MAGIC = 0x76527431;
  private static final int LARGE_PACKET = 1;
  private static final int SAW_SMALL = 1 << 1;
  private static final int SAW_LARGE = 1 << 2;
  private static final int INITIATOR = 1 << 3;
  private static final int ECHO = 1 << 4;
  private static final int ECHOED = 1 << 5;
  private static final int BULK = 1 << 6;

  private static final long TICK = Duration.ofMillis(25).toNanos();

  /** Ticks in which lanes that must stay silent are tried. */
  private static final int TRIES = 6;

  /** Ticks for which lanes that must stay silent are watched. */
  private static final int WATCHED = 16;

  /** Ticks after which large packets are sent though no small one has arrived. */
  private static final int BLIND = 20;

  private static final int MOST_LARGE = 8;

  private static final Duration ECHO_PATIENCE = Duration.ofMillis(100);

  private final long id;
  private final boolean initiator;
  private final List<Lane> lanes;
  private final int octets;
  private final List<UnfragmentedSocket> sockets = new ArrayList<>();
  private final Map<InetAddress, UnfragmentedSocket> bySource = new HashMap<>();
  private final BitSet small = new BitSet();
  private final BitSet large = new BitSet();
  private final BitSet other = new BitSet();
  private final BitSet peerSmall = new BitSet();
  private final BitSet peerLarge = new BitSet();
  private final int[] largeSent;
  private long bulk;
  private long bulkBegan;
  private long bulkEnded;
  private int echoed = -1;

  /**
   * A side of a trial.
   *
   * @param octets of the largest packets, with IP and UDP headers
   * @param sockets one for each own site; closed with this
   */
  PairTrial(
      long id, boolean initiator, List<Lane> lanes, int octets, List<UnfragmentedSocket> sockets) {
    this.id = id;
    this.initiator = initiator;
    this.lanes = lanes;
    this.octets = octets;
    this.sockets.addAll(sockets);
    sockets.forEach(socket -> bySource.put(socket.local(), socket));
    this.largeSent = new int[lanes.size()];
  }

  /** Sends and receives until all is known, {@code most} has passed, or the supplier is true. */
  void run(Duration most, BooleanSupplier stop) {
    long began = System.nanoTime();
    int ticks = (int) (most.toNanos() / TICK);
    boolean watches = lanes.stream().anyMatch(lane -> !lane.open());
    for (int tick = 0; tick < ticks && !stop.getAsBoolean(); tick++) {
      for (int lane = 0; lane < lanes.size(); lane++) {
        send(lane, tick);
      }
      receive(began + (tick + 1) * TICK, stop);
      if (initiator && isComplete() && (!watches || tick >= WATCHED)) {
        return;
      }
    }
  }

  private void send(int lane, int tick) {
    if (!lanes.get(lane).open()) {
      // The responder sends to addresses of the initiator's record only.
      if (tick < TRIES && (initiator || lanes.get(lane).near().isOpen())) {
        send(lane, 0, SMALL, 0);
      }
      return;
    }
    if (isComplete(lane)) {
      return;
    }
    send(lane, 0, SMALL, 0);
    if ((small.get(lane) || tick >= BLIND) && largeSent[lane] < MOST_LARGE) {
      largeSent[lane]++;
      send(lane, LARGE_PACKET, content(lane), 0);
    }
  }

  private int content(int lane) {
    boolean v4 = lanes.get(lane).near().address() instanceof Inet4Address;
    return Math.max(SMALL, octets - (v4 ? 28 : 48));
  }

  private int send(int lane, int flags, int length, int number) {
    Site from = initiator ? lanes.get(lane).near() : lanes.get(lane).far();
    Site to = initiator ? lanes.get(lane).far() : lanes.get(lane).near();
    UnfragmentedSocket socket = bySource.get(from.address());
    if (socket == null) {
      return -1;
    }
    int all =
        flags
            | (initiator ? INITIATOR : 0)
            | (small.get(lane) ? SAW_SMALL : 0)
            | (large.get(lane) ? SAW_LARGE : 0);
    ByteBuffer packet = ByteBuffer.allocate(length);
    packet.putInt(MAGIC).putLong(id).putShort((short) lane).put((byte) all).putInt(number);
    return socket.send(to.address(), to.port(), packet.array());
  }

  private void receive(long until, BooleanSupplier stop) {
    long left = until - System.nanoTime();
    while (left > 0 && !stop.getAsBoolean()) {
      if (UnfragmentedSocket.await(Duration.ofNanos(left), sockets)) {
        for (UnfragmentedSocket socket : sockets) {
          Inbound datagram = socket.receive();
          while (datagram != null) {
            received(socket, datagram);
            datagram = socket.receive();
          }
        }
      }
      left = until - System.nanoTime();
    }
  }

  private void received(UnfragmentedSocket socket, Inbound datagram) {
    ByteBuffer in = datagram.content();
    if (in.remaining() < SMALL || in.getInt(0) != MAGIC || in.getLong(4) != id) {
      return;
    }
    int lane = in.getShort(12) & 0xFFFF;
    int flags = in.get(14) & 0xFF;
    if (lane >= lanes.size() || ((flags & INITIATOR) != 0) == initiator) {
      return;
    }
    Site own = initiator ? lanes.get(lane).near() : lanes.get(lane).far();
    Site peer = initiator ? lanes.get(lane).far() : lanes.get(lane).near();
    if (!own.address().equals(socket.local())) {
      return;
    }
    if (!peer.address().equals(datagram.from()) || peer.port() != datagram.port()) {
      other.set(lane);
      return;
    }
    boolean wasComplete = isComplete(lane);
    if ((flags & BULK) != 0) {
      long now = System.nanoTime();
      bulkBegan = bulk == 0 ? now : bulkBegan;
      bulkEnded = now;
      bulk += in.remaining() + (peer.address() instanceof Inet4Address ? 28 : 48);
      return;
    }
    if ((flags & LARGE_PACKET) != 0) {
      large.set(lane, in.remaining() >= content(lane));
    }
    small.set(lane);
    peerSmall.set(lane, peerSmall.get(lane) || (flags & SAW_SMALL) != 0);
    peerLarge.set(lane, peerLarge.get(lane) || (flags & SAW_LARGE) != 0);
    if ((flags & ECHO) != 0) {
      send(lane, ECHOED, SMALL, in.getInt(15));
    } else if ((flags & ECHOED) != 0) {
      echoed = in.getInt(15);
    } else if (wasComplete && lanes.get(lane).open() && !initiator) {
      // The peer doesn't know yet: a packet of this side was lost.
      send(lane, 0, SMALL, 0);
    }
  }

  private boolean isComplete(int lane) {
    return small.get(lane) && large.get(lane) && peerSmall.get(lane) && peerLarge.get(lane);
  }

  private boolean isComplete() {
    for (int lane = 0; lane < lanes.size(); lane++) {
      if (lanes.get(lane).open() && !isComplete(lane)) {
        return false;
      }
    }
    return true;
  }

  /** The least of some round trips on the first lane that works, in microseconds; 0 when none. */
  int echo(int times) {
    int lane = firstWorking();
    long least = 0;
    for (int i = 0; lane >= 0 && i < times; i++) {
      long began = System.nanoTime();
      int number = i;
      if (send(lane, ECHO, SMALL, number) == 0) {
        receive(began + ECHO_PATIENCE.toNanos(), () -> echoed == number);
        long took = System.nanoTime() - began;
        if (echoed == number && (least == 0 || took < least)) {
          least = took;
        }
      }
    }
    return (int) (least / 1_000);
  }

  /** Sends large packets on the first lane that works, as fast as this host takes them. */
  void bulk(Duration time) {
    int lane = firstWorking();
    long until = System.nanoTime() + time.toNanos();
    while (lane >= 0 && System.nanoTime() < until) {
      if (send(lane, BULK, content(lane), 0) != 0) {
        java.util.concurrent.locks.LockSupport.parkNanos(50_000);
      }
    }
  }

  private int firstWorking() {
    for (int lane = 0; lane < lanes.size(); lane++) {
      if (lanes.get(lane).open() && small.get(lane) && peerSmall.get(lane)) {
        return lane;
      }
    }
    return -1;
  }

  /** The packets that arrived here. */
  TrialMessage.SeenLanes seen() {
    return new TrialMessage.SeenLanes(
        id,
        (BitSet) small.clone(),
        (BitSet) large.clone(),
        (BitSet) other.clone(),
        bulk,
        (int) ((bulkEnded - bulkBegan) / 1_000));
  }

  /** The lanes that do not behave, by what arrived at both ends. */
  List<Failure> failures(TrialMessage.SeenLanes there) {
    List<Failure> failures = new ArrayList<>();
    for (int i = 0; i < lanes.size(); i++) {
      Failure.Finding kind = kind(i, there);
      if (kind != null) {
        Lane lane = lanes.get(i);
        failures.add(new Failure(lane.near().address(), lane.far().address(), kind));
      }
    }
    return failures;
  }

  private Failure.@org.jspecify.annotations.Nullable Finding kind(
      int lane, TrialMessage.SeenLanes there) {
    boolean here = small.get(lane);
    boolean beyond = there.small().get(lane);
    if (!lanes.get(lane).open()) {
      return here || beyond || other.get(lane) || there.other().get(lane)
          ? Failure.Finding.LEAK
          : null;
    }
    if (here && beyond) {
      return !there.large().get(lane)
          ? Failure.Finding.LARGE_TO
          : large.get(lane) ? null : Failure.Finding.LARGE_FROM;
    }
    if (other.get(lane) || there.other().get(lane)) {
      return Failure.Finding.SOURCE;
    }
    return here
        ? Failure.Finding.SILENT_TO
        : beyond ? Failure.Finding.SILENT_FROM : Failure.Finding.SILENT;
  }

  @Override
  public void close() {
    sockets.forEach(socket -> Objects.requireNonNull(socket).close());
  }
}
