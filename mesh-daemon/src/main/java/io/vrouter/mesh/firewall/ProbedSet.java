package io.vrouter.mesh.firewall;

import io.vrouter.membership.Addresses;
import io.vrouter.netlink.NetlinkException;
import io.vrouter.netlink.Nftables;
import io.vrouter.netlink.netfilter.ExpiringKey;
import io.vrouter.netlink.wire.Family;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The senders of probes as a rule of our table notes them; starts no process. A peer can note its
 * own overlay address only. Thread-safe.
 */
public final class ProbedSet implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ProbedSet.class);

  private final Supplier<Nftables> open;
  private @Nullable Nftables kernel;
  private boolean closed;

  /** Opens a socket at the first use, and anew after a failure. */
  public ProbedSet(Supplier<Nftables> open) {
    this.open = open;
  }

  /**
   * Age of the newest probe by sender, at most {@link NftSets#PROBED}.
   *
   * @param family AF_INET or AF_INET6
   * @return empty when the kernel can't be asked
   */
  public synchronized Optional<Map<InetAddress, Duration>> ages(int family) {
    if (closed) {
      return Optional.empty();
    }
    try {
      Nftables socket = kernel;
      if (socket == null) {
        socket = open.get();
        kernel = socket;
      }
      String set = NftSets.probed(family == Family.AF_INET);
      Map<InetAddress, Duration> ages = new HashMap<>();
      for (ExpiringKey one : socket.expirations(NftLook.FAMILY, NftLook.NAME, set)) {
        Duration age = NftSets.PROBED.minus(one.left());
        ages.put(Addresses.of(one.key().toArray()), age.isNegative() ? Duration.ZERO : age);
      }
      return Optional.of(ages);
    } catch (NetlinkException e) {
      LOG.debug("the senders of probes can't be read", e);
      disconnect();
      return Optional.empty();
    }
  }

  private void disconnect() {
    Nftables socket = kernel;
    kernel = null;
    if (socket != null) {
      socket.close();
    }
  }

  /** Closes the socket; later questions have no answer. */
  @Override
  public synchronized void close() {
    closed = true;
    disconnect();
  }
}
