package io.vrouter.netlink.netfilter;

import io.vrouter.netlink.wire.Payload;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An element of an nftables set: the range of keys from the first to the last one, both included.
 * Of a map ({@link SetKind#MAP}): a key, and its value in the place of the last one.
 *
 * @param first key of as many octets as the set's keys; each field of a concatenation is padded to
 *     a multiple of four
 * @param last equal to {@code first} for a single key
 */
public record SetElement(Payload first, Payload last) {
  /** Checks that both keys have one length. */
  public SetElement {
    if (first.length() != last.length()) {
      throw new IllegalArgumentException(
          "a range from %d to %d octets".formatted(first.length(), last.length()));
    }
  }

  /** A single key. */
  public static SetElement of(Payload key) {
    return new SetElement(key, key);
  }

  /** The key after the last one; null when there is none. */
  static byte @Nullable [] after(Payload key) {
    byte[] octets = key.toArray();
    for (int i = octets.length - 1; i >= 0; i--) {
      if (++octets[i] != 0) {
        return octets;
      }
    }
    return null;
  }

  /** The key before; all ones before the first of all. */
  static Payload before(Payload key) {
    byte[] octets = key.toArray();
    for (int i = octets.length - 1; i >= 0; i--) {
      if (octets[i]-- != 0) {
        break;
      }
    }
    return Payload.of(octets);
  }

  static Payload highest(int length) {
    byte[] octets = new byte[length];
    Arrays.fill(octets, (byte) 0xff);
    return Payload.of(octets);
  }
}
