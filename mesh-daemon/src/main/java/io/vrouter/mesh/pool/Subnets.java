package io.vrouter.mesh.pool;

import io.vrouter.membership.Addresses;
import io.vrouter.mesh.model.Prefix;
import java.nio.ByteBuffer;
import java.util.Collection;

/** Arithmetic on IPv4 prefixes. */
final class Subnets {
  private Subnets() {}

  /** The number of prefixes of that length in another. */
  static long count(Prefix in, int length) {
    return length < in.length() ? 0 : 1L << (length - in.length());
  }

  /** The prefix of that length at an index, counted from 0. */
  static Prefix at(Prefix in, int length, long index) {
    int base = ByteBuffer.wrap(in.address().getAddress()).getInt();
    int address = (int) (base + (index << (32 - length)));
    return new Prefix(Addresses.of(ByteBuffer.allocate(4).putInt(address).array()), length);
  }

  static boolean overlaps(Prefix prefix, Collection<Prefix> others) {
    return others.stream().anyMatch(prefix::overlaps);
  }
}
