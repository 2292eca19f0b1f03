package io.vrouter.membership.engine;

/**
 * Lifeguard's local health (section IV-A): a node whose own probes fail without a helper saying
 * otherwise may itself be slow, and gives everybody more time.
 */
final class LocalHealth {
  private final Context ctx;
  private int score;

  LocalHealth(Context ctx) {
    this.ctx = ctx;
  }

  void worse(int by) {
    score = Math.min(ctx.config.probing().maxLocalHealth(), score + by);
  }

  void better() {
    score = Math.max(0, score - 1);
  }

  int score() {
    return score;
  }

  /** What the own probes' interval and timeouts are multiplied by. */
  int factor() {
    return score + 1;
  }
}
