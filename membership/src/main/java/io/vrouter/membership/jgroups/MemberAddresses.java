package io.vrouter.membership.jgroups;

import io.vrouter.membership.Member;
import io.vrouter.membership.MemberState;
import io.vrouter.membership.MembershipView;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Whether an IP address belongs to a member that has not left. Collected from the view on demand,
 * at most once per second. Any thread.
 */
final class MemberAddresses implements Predicate<InetAddress> {
  private static final long AGE = TimeUnit.SECONDS.toNanos(1);

  private final Supplier<MembershipView> view;
  private final LongSupplier nanoTime;
  private volatile Gathered gathered;

  private record Gathered(Set<InetAddress> addresses, long at) {}

  MemberAddresses(Supplier<MembershipView> view, LongSupplier nanoTime) {
    this.view = view;
    this.nanoTime = nanoTime;
    this.gathered = new Gathered(Set.of(), nanoTime.getAsLong() - AGE);
  }

  @Override
  public boolean test(InetAddress address) {
    long now = nanoTime.getAsLong();
    Gathered last = gathered;
    if (now - last.at >= AGE) {
      last = new Gathered(gather(), now);
      gathered = last;
    }
    return last.addresses.contains(address);
  }

  private Set<InetAddress> gather() {
    Set<InetAddress> addresses = new HashSet<>();
    for (Member member : view.get().members().values()) {
      if (member.state() != MemberState.LEFT && member.state() != MemberState.REPLACED) {
        addresses.add(member.record().endpoint().getAddress());
      }
    }
    return addresses;
  }
}
