package io.vrouter.mesh.plan;

import io.vrouter.mesh.model.Prefix;
import java.util.Optional;

/**
 * The limits on what one host may advertise: the number of prefixes, and of IPv4 addresses in them.
 * One record must neither fill the routing tables of all hosts nor take the whole private space.
 */
final class PrefixBudget {
  /** Prefixes of one record. */
  static final int MAX_PREFIXES = 128;

  /** IPv4 addresses of one record: Docker's default pools on one host have 2^20. */
  static final long MAX_ADDRESSES = 1L << 21;

  /** The limits as text. */
  static final String LIMITS =
      "%d prefixes with %d IPv4 addresses".formatted(MAX_PREFIXES, MAX_ADDRESSES);

  private int prefixes;
  private long addresses;

  /** Takes a prefix from the budget; false when it does not suffice. */
  boolean take(Prefix prefix) {
    long size = prefix.isIpv4() ? 1L << (32 - prefix.length()) : 0;
    if (prefixes == MAX_PREFIXES || addresses + size > MAX_ADDRESSES) {
      return false;
    }
    prefixes++;
    addresses += size;
    return true;
  }

  /** Takes a prefix from a peer's budget; a refusal when it does not suffice. */
  Optional<PrefixPolicy.Refusal> refusal(Prefix prefix) {
    return take(prefix)
        ? Optional.empty()
        : Optional.of(
            new PrefixPolicy.Refusal(
                PrefixPolicy.QUOTA, "is more than a host may have: " + LIMITS, null));
  }
}
