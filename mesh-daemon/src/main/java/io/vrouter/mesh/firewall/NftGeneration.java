package io.vrouter.mesh.firewall;

import io.vrouter.netlink.NetlinkException;
import io.vrouter.netlink.Nftables;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether nftables' rules are those that were last looked at or written here. The kernel tells of
 * our own writes, too, and a look at the rules takes several runs of nft; a look at their
 * generation takes none. One thread at a time.
 */
final class NftGeneration implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NftGeneration.class);

  private final Supplier<Nftables> open;

  /** Opened once and again after a failure. */
  private @Nullable Nftables nftables;

  private OptionalInt known = OptionalInt.empty();

  NftGeneration(Supplier<Nftables> open) {
    this.open = open;
  }

  /** Of the calling thread's network namespace. */
  static NftGeneration here() {
    return new NftGeneration(Nftables::open);
  }

  /** To be called before a look. */
  void looking() {
    known = now();
  }

  /** Does a write; what is known stays so if it was known before, and nobody else wrote. */
  <T> T writing(Supplier<T> write) {
    OptionalInt before = now();
    T result = write.get();
    OptionalInt after = now();
    boolean alone =
        before.isPresent()
            && after.isPresent()
            && after.getAsInt() - before.getAsInt() >= 0
            && after.getAsInt() - before.getAsInt() <= 1;
    known = alone && before.equals(known) ? after : OptionalInt.empty();
    return result;
  }

  /** Whether anybody else has changed something since, or may have. */
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

  /** Closes the socket; the next look opens one again. */
  @Override
  public void close() {
    Nftables socket = nftables;
    nftables = null;
    if (socket != null) {
      socket.close();
    }
  }
}
