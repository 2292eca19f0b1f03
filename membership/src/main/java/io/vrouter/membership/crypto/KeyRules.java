package io.vrouter.membership.crypto;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.crypto.Keyring.Use;
import io.vrouter.membership.crypto.Statement.BanStatement;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Rules about keys that are pure functions. */
final class KeyRules {
  private KeyRules() {}

  /** The use of a former epoch's key so many nanoseconds after its replacement. */
  static Use use(long age) {
    return age < KeyBook.OVERLAP ? Use.OVERLAP : age < KeyBook.END ? Use.ENDING : Use.RETURN;
  }

  /**
   * The nodes whose ban is in force: by the operator's word, by this node's own, or by that of more
   * than half of the live members. So one member can't throw another one out.
   *
   * @param self this node's public key
   * @param alive live members, this node included
   */
  static Set<NodeId> banned(
      Collection<BanStatement> bans, @Nullable Bytes operator, Bytes self, Set<NodeId> alive) {
    if (bans.isEmpty()) {
      return Set.of();
    }
    Set<NodeId> banned = new HashSet<>();
    Map<NodeId, Integer> votes = new HashMap<>();
    for (BanStatement ban : bans) {
      Bytes signer = ban.proof().signer();
      if ((operator != null && signer.equals(operator)) || signer.equals(self)) {
        banned.add(ban.node());
      } else if (alive.contains(ban.proof().origin())) {
        votes.merge(ban.node(), 1, Integer::sum);
      }
    }
    votes.forEach(
        (node, count) -> {
          long voters = alive.stream().filter(id -> !id.equals(node)).count();
          if (2L * count > voters) {
            banned.add(node);
          }
        });
    return Set.copyOf(banned);
  }
}
