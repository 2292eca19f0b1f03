package io.vrouter.membership.engine;

/**
 * Local health (Lifeguard, section IV-A): when probes fail and no helper sends a nack, this node
 * may itself be slow, so its probes get more time.
 */
final class LocalHealth {
  private static final int ACCUSED = 1;

  private final Context ctx;
  private int score;

  LocalHealth(Context ctx) {
    this.ctx = ctx;
  }

  /**
   * This node was accused. Accusations cost their senders nothing, so they raise the score to at
   * most {@value #ACCUSED}; failed probes, which are this node's own evidence, raise it to the
   * ceiling.
   */
  void accused() {
    if (score < ACCUSED) {
      worse(1);
    }
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

  /** Multiplies the interval and the timeouts of this node's probes. */
  int factor() {
    return score + 1;
  }
}
