package io.vrouter.mesh.record;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.MemberRecord;
import io.vrouter.mesh.model.Problem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A record's payload within the size limit. A withdrawn network always leaves the record; a network
 * without room is listed in {@code left}.
 *
 * @param payload at most {@link MemberRecord#MAX_PAYLOAD} bytes
 * @param left networks without room: those with the highest Lamport numbers
 */
public record FittedRecord(Bytes payload, List<Subnet> left) {
  /** Most networks that a problem names. */
  private static final int NAMED = 8;

  public FittedRecord {
    left = List.copyOf(left);
  }

  /** Writes as much of a record as fits. */
  public static FittedRecord of(HostRecord host) {
    Bytes whole = HostRecords.write(host);
    if (fits(whole)) {
      return new FittedRecord(whole, List.of());
    }
    if (!host.arrivals().equals(ProbeArrivals.NONE)) {
      // Display only: networks go first.
      return of(host.with(ProbeArrivals.NONE));
    }
    if (host.policy().length() > 0) {
      // Another host carries the policy: no network leaves the record for it.
      return of(host.with(Bytes.EMPTY));
    }
    List<Subnet> eldestFirst = new ArrayList<>(host.subnets());
    eldestFirst.sort(Comparator.comparingLong(Subnet::lamport).thenComparing(Subnet::prefix));
    int fit = 0;
    int most = eldestFirst.size();
    while (fit < most) {
      int middle = (fit + most + 1) / 2;
      if (fits(HostRecords.write(with(host, eldestFirst.subList(0, middle))))) {
        fit = middle;
      } else {
        most = middle - 1;
      }
    }
    return new FittedRecord(
        HostRecords.write(with(host, eldestFirst.subList(0, fit))),
        eldestFirst.subList(fit, eldestFirst.size()));
  }

  private static boolean fits(Bytes payload) {
    return payload.length() <= MemberRecord.MAX_PAYLOAD;
  }

  private static HostRecord with(HostRecord host, List<Subnet> some) {
    Set<Subnet> kept = new HashSet<>(some);
    return host.with(host.overlays(), host.subnets().stream().filter(kept::contains).toList());
  }

  /** The problem for an operator; empty when all networks had room. */
  public Optional<Problem> problem() {
    if (left.isEmpty()) {
      return Optional.empty();
    }
    String names =
        left.stream()
            .limit(NAMED)
            .map(subnet -> "%s (%s)".formatted(subnet.network(), subnet.prefix()))
            .collect(Collectors.joining(", "));
    return Optional.of(
        new Problem(
            "record-too-large",
            "%d networks have no room in this host's record of %d bytes and are not told: %s%s"
                .formatted(
                    left.size(), MemberRecord.MAX_PAYLOAD, names, left.size() > NAMED ? " …" : ""),
            "advertise fewer networks on this host, or give them shorter names"));
  }
}
