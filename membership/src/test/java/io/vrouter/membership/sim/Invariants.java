package io.vrouter.membership.sim;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.MemberRecord;
import io.vrouter.membership.MemberState;
import io.vrouter.membership.MembershipEvent;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.Signer;
import io.vrouter.membership.engine.Effect;
import io.vrouter.membership.engine.Engine;
import io.vrouter.membership.engine.Glimpse;
import io.vrouter.membership.wire.Codec;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What must hold at every single step, whatever the world does. */
final class Invariants {
  /** What a node took for gone, and when; the failed may come back by an answer of their own. */
  record Gone(long incarnation, boolean failed, long at) {}

  private final long seed;
  private final Set<Bytes> signed = new HashSet<>();

  Invariants(long seed) {
    this.seed = seed;
  }

  /** Remembers all that an owner signs. */
  Signer watch(Signer signer) {
    return new Signer() {
      @Override
      public Bytes publicKey() {
        return signer.publicKey();
      }

      @Override
      public NodeId id() {
        return signer.id();
      }

      @Override
      public Bytes sign(Bytes message) {
        Bytes signature = signer.sign(message);
        signed.add(signature);
        return signature;
      }
    };
  }

  void check(SimNode node, Effect effect, long now, Map<NodeId, SimNode> holders) {
    if (effect instanceof Effect.Send send) {
      hold(send.bytes().length() <= Codec.MAX_DATAGRAM, node, now, "sent a long datagram");
    } else if (effect instanceof Effect.Emit emit) {
      if (emit.event() instanceof MembershipEvent.Transition transition) {
        check(node, transition, now, holders.get(transition.id()));
      } else if (emit.event() instanceof MembershipEvent.Updated updated) {
        hold(ownersWord(updated.record()), node, now, "took a record that nobody signed");
      }
    }
  }

  private boolean ownersWord(MemberRecord record) {
    return signed.contains(record.signature());
  }

  private void check(
      SimNode node, MembershipEvent.Transition transition, long now, @Nullable SimNode holder) {
    MemberRecord record = transition.record();
    hold(ownersWord(record), node, now, "took a record that nobody signed");
    boolean gone =
        transition.to() == MemberState.LEFT
            || transition.to() == MemberState.REPLACED
            || transition.to() == MemberState.FAILED;
    if (gone) {
      boolean failed = transition.to() == MemberState.FAILED;
      node.gone.put(transition.id(), new Gone(record.incarnation(), failed, now));
    } else {
      Gone before = node.gone.remove(transition.id());
      boolean speaks =
          before != null && before.failed && holder != null && holder.spoke >= before.at;
      hold(
          before == null
              || Long.compareUnsigned(record.incarnation(), before.incarnation) > 0
              || (speaks && transition.to() == MemberState.ALIVE),
          node,
          now,
          "resurrected",
          transition);
    }
  }

  /** Who has just joined may wait for a record of everybody there is. */
  void checkMemory(SimNode node, Engine engine, int hosts) {
    int members = Glimpse.size(engine);
    int held = engine.held();
    hold(held <= 1000 + 60 * members + hosts, node, 0, "holds too many things:", held);
  }

  private void hold(boolean condition, SimNode node, long now, String what) {
    hold(condition, node, now, what, "");
  }

  private void hold(boolean condition, SimNode node, long now, String what, Object which) {
    if (!condition) {
      throw new AssertionError(
          "seed %d, at %.3f s: host %d %s %s".formatted(seed, now / 1e9, node.index, what, which));
    }
  }
}
