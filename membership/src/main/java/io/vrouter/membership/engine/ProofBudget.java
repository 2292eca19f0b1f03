package io.vrouter.membership.engine;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.wire.AckProof;
import io.vrouter.membership.wire.SwimMessage;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes the proofs of answers to helpers. A proof costs a signature, so each helper has a budget: a
 * burst of {@value TokenBucket#ROUNDS}, then 10 a second. A probe's helpers share one signature.
 */
final class ProofBudget {
  /** A {@link TokenBucket} regains one token per two of these. */
  private static final long HALF_RATE = Duration.ofMillis(50).toNanos();

  /** Proofs kept: more than the probes that one member is asked about within a probe interval. */
  private static final int KEPT = 64;

  private record ProofQuestion(NodeId asker, long number) {}

  private final Context ctx;
  private final Map<ProofQuestion, Bytes> kept = new LinkedHashMap<>();

  ProofBudget(Context ctx) {
    this.ctx = ctx;
  }

  /**
   * The proof that a helper's ping asks for, or null.
   *
   * @param helper null for one unknown here, which gets no proof
   */
  @Nullable Bytes proof(SwimMessage.ProxyPing ping, @Nullable Peer helper) {
    ProofQuestion question = new ProofQuestion(ping.asker(), ping.question());
    Bytes proof = kept.get(question);
    if (proof != null || helper == null) {
      return proof;
    }
    if (helper.proofs == null) {
      helper.proofs = new TokenBucket(HALF_RATE);
    }
    if (!helper.proofs.left(ctx.now)) {
      ctx.tally.overflow++;
      return null;
    }
    helper.proofs.take(ctx.now);
    proof = AckProof.sign(ctx.signer, ping.asker(), ping.question());
    kept.put(question, proof);
    if (kept.size() > KEPT) {
      kept.remove(kept.keySet().iterator().next());
    }
    return proof;
  }
}
