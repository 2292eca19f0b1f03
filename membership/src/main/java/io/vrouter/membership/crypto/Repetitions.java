package io.vrouter.membership.crypto;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The checks of datagrams handled lately, so that a repeated datagram, from any address, costs
 * nothing. Old entries are overwritten. Any thread.
 */
final class Repetitions {
  private static final int SLOTS = 1 << 14;

  private final AtomicLongArray checks = new AtomicLongArray(SLOTS);

  boolean contains(long check) {
    return checks.get(slot(check)) == check;
  }

  void add(long check) {
    checks.set(slot(check), check);
  }

  private static int slot(long check) {
    return (int) check & (SLOTS - 1);
  }
}
