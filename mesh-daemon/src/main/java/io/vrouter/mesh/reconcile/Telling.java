package io.vrouter.mesh.reconcile;

import io.vrouter.membership.Membership;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.record.FittedRecord;
import io.vrouter.mesh.record.HostRecord;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Publishes this host's record, once what it claims is on the disk. */
final class Telling {
  private final Membership membership;
  private final Persisted memory;
  private final ClaimBook claims;
  private @Nullable HostRecord untold;

  Telling(Membership membership, Persisted memory, ClaimBook claims) {
    this.membership = membership;
    this.memory = memory;
    this.claims = claims;
  }

  /** Publishes this record, or lets {@link #waiting} do so. */
  Optional<Problem> tell(HostRecord record) {
    untold = record;
    return waiting();
  }

  /**
   * Publishes what waits, if it may be told: a claim that is told must not be forgotten, and a
   * member that came since the pass began is heard first, by the next one.
   */
  Optional<Problem> waiting() {
    HostRecord record = untold;
    if (record == null || !memory.mayTell() || claims.listensFirst(membership.view())) {
      return Optional.empty();
    }
    FittedRecord fitted = FittedRecord.of(record);
    membership.publish(fitted.payload());
    untold = null;
    return fitted.problem();
  }
}
