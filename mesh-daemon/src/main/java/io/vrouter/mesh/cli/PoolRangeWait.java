package io.vrouter.mesh.cli;

import io.vrouter.mesh.control.MemberStatus;
import io.vrouter.mesh.control.MeshApi;
import io.vrouter.mesh.control.Pools;
import io.vrouter.mesh.model.Problem;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Waits until this host has a range of the pool that other hosts have acknowledged. */
final class PoolRangeWait {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** The same when no other member is alive to acknowledge a range. */
  private static final Duration PATIENCE_ALONE = Duration.ofSeconds(1);

  private static final long LOOK_AGAIN_MILLIS = 40;

  private PoolRangeWait() {}

  /**
   * The ranges once all are acknowledged or the time is up; prints a note on provisional ones.
   *
   * @param writes whether the command changes anything, with or without an existing range
   */
  static Pools forRange(Session session, boolean writes)
      throws CommandException, InterruptedException {
    boolean there = !session.api().pools().ranges().isEmpty();
    MeshApi api = there && !writes ? session.api() : session.writableApi();
    if (!there) {
      api.wantPoolRange();
    }
    long start = System.nanoTime();
    boolean told = false;
    Pools pools = api.pools();
    while (!pools.allAcknowledged()) {
      long waited = System.nanoTime() - start;
      boolean alone = alone(api);
      refuseIfFull(api, pools);
      if (waited > PATIENCE.toNanos()
          || (alone && waited > PATIENCE_ALONE.toNanos() && !pools.ranges().isEmpty())) {
        break;
      }
      if (!told) {
        told = true;
        session
            .err()
            .println(
                "waiting up to "
                    + Text.age(PATIENCE)
                    + " for other hosts to acknowledge this host's range");
        session.err().flush();
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MILLIS);
      pools = api.pools();
    }
    if (pools.ranges().isEmpty()) {
      throw new CommandException(
          ExitCode.TIMED_OUT,
          "this host has no range of the pool after " + Text.age(PATIENCE),
          "see 'meshctl status', then try again");
    }
    notes(session, api, pools);
    return pools;
  }

  /** Prints notes on ranges that may move and on changes Docker doesn't have yet. */
  static void notes(Session session, MeshApi api, Pools pools) {
    if (pools.applied() == Pools.InDaemonJson.OUTDATED) {
      session
          .err()
          .println(
              "note: this host's pools have changed since they were applied: run 'meshctl"
                  + " docker-pools --apply' and restart the engine");
    }
    if (!pools.provisional().isEmpty()) {
      session
          .err()
          .println(
              "note: "
                  + String.join(", ", pools.provisional())
                  + (pools.provisional().size() == 1 ? " is" : " are")
                  + " provisional: "
                  + (alone(api)
                      ? "no other host is there to acknowledge it"
                      : "too few of the hosts that must acknowledge it have done so yet")
                  + "; it moves if another host turns out to hold it");
    }
    session.err().flush();
  }

  private static boolean alone(MeshApi api) {
    return api.members(false).members().stream()
            .filter(member -> member.status() == MemberStatus.ALIVE)
            .count()
        < 2;
  }

  private static void refuseIfFull(MeshApi api, Pools pools) throws CommandException {
    if (pools.ranges().isEmpty()) {
      Optional<Problem> full =
          api.status().problems().stream()
              .filter(problem -> problem.code().equals("pool-full"))
              .findFirst();
      if (full.isPresent()) {
        throw new CommandException(ExitCode.FAILED, full.get().message(), full.get().fix());
      }
    }
  }
}
