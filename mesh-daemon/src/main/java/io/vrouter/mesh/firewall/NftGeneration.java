package io.vrouter.mesh.firewall;

import io.vrouter.netlink.NetlinkException;
import io.vrouter.netlink.Nftables;
import java.util.OptionalInt;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the nftables ruleset changed since it was last read or written here. Kernel events report
 * our own writes, too, and a read of the rules takes several runs of nft; a read of the generation
 * number takes none. One thread at a time.
 */
final class NftGeneration implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NftGeneration.class);

  private final Supplier<Nftables> open;

  /** Opened at the first use, and anew after a failure. */
  private @Nullable Nftables nftables;

  private OptionalInt known = OptionalInt.empty();

  NftGeneration(Supplier<Nftables> open) {
    this.open = open;
  }

  /** Call before the rules are read. */
  void looking() {
    known = now();
  }

  /**
   * Runs a write; the known generation advances only without another write in between.
   *
   * @param ours counts our own transactions; one uncounted transaction is allowed
   */
  <T> T writing(Supplier<T> write, IntSupplier ours) {
    OptionalInt before = now();
    int first = ours.getAsInt();
    T result = write.get();
    OptionalInt after = now();
    int most = Math.max(1, ours.getAsInt() - first);
    boolean alone =
        before.isPresent()
            && after.isPresent()
            && after.getAsInt() - before.getAsInt() >= 0
            && after.getAsInt() - before.getAsInt() <= most;
    known = alone && before.equals(known) ? after : OptionalInt.empty();
    return result;
  }

  /** Whether the ruleset changed since, or can't be compared. */
  boolean changed() {
    OptionalInt now = now();
    return now.isEmpty() || !now.equals(known);
  }

  private OptionalInt now() {
    Nftables socket = nftables;
    try {
      if (socket == null) {
        socket = open.get();
        nftables = socket;
      }
      return OptionalInt.of(socket.generation());
    } catch (NetlinkException e) {
      LOG.debug("nftables' generation can't be asked for", e);
      close();
      return OptionalInt.empty();
    }
  }

  /** Closes the socket; the next look opens another. */
  @Override
  public void close() {
    Nftables socket = nftables;
    nftables = null;
    if (socket != null) {
      socket.close();
    }
  }
}
