package io.vrouter.membership.crypto;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Challenges without state: an HMAC, under a secret of this boot, over the challenged sender and
 * the time in steps of 8 seconds. A cookie echoed within 8 to 16 seconds proves that its sender
 * receives at its address in this boot.
 */
final class Cookies {
  /** Longest validity of a cookie, in nanoseconds. */
  static final long LIFETIME = TimeUnit.SECONDS.toNanos(16);

  private static final long SLOT = LIFETIME / 2;

  private final byte[] secret = new byte[Hkdf.HASH_LENGTH];
  private final LongSupplier nanoTime;
  private final long epoch;

  Cookies(RandomGenerator random, LongSupplier nanoTime) {
    random.nextBytes(secret);
    this.nanoTime = nanoTime;
    this.epoch = nanoTime.getAsLong();
  }

  long issue(Salt sender, InetSocketAddress source) {
    return cookie(sender, source, slot());
  }

  boolean check(long cookie, Salt sender, InetSocketAddress source) {
    long slot = slot();
    return cookie == cookie(sender, source, slot) || cookie == cookie(sender, source, slot - 1);
  }

  private long slot() {
    return (nanoTime.getAsLong() - epoch) / SLOT;
  }

  private long cookie(Salt sender, InetSocketAddress source, long slot) {
    byte[] address = source.getAddress().getAddress();
    ByteBuffer message = ByteBuffer.allocate(8 + Salt.LENGTH + 4 + address.length);
    message.putLong(slot);
    sender.write(message);
    message.putInt(source.getPort()).put(address).flip();
    var mac = Hkdf.hmac(secret);
    mac.update(message);
    return ByteBuffer.wrap(mac.doFinal()).getLong();
  }
}
