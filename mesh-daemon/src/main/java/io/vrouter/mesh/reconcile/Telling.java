package io.vrouter.mesh.reconcile;

import io.vrouter.membership.Membership;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.record.FittedRecord;
import io.vrouter.mesh.record.HostRecord;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Publishes this host's record after its claims are on the disk. */
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

  /** Publishes this record, or leaves it to {@link #waiting}. */
  Optional<Problem> tell(HostRecord record) {
    untold = record;
    return waiting();
  }

  /**
   * Publishes the pending record if allowed. A published claim must not be forgotten, so it is on
   * the disk first. The record of a member that joined since the pass began is read first, by the
   * next pass.
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
