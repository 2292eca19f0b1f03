package io.vrouter.membership.engine;

/** The running counts behind {@link Counters}. */
final class Tally {
  long received;
  long sent;
  long sentBytes;
  long malformed;
  long forged;
  long unfounded;
  long overflow;
  long suspicions;
  long failures;
  long refutations;
  long pauses;

  Counters counters(int localHealth) {
    return new Counters(
        received,
        sent,
        sentBytes,
        malformed,
        forged,
        unfounded,
        overflow,
        suspicions,
        failures,
        refutations,
        pauses,
        localHealth);
  }
}
