package io.vrouter.membership.crypto;

import io.vrouter.membership.NodeId;
import java.util.Set;

/** The members, for the rules of keys; any thread. */
public interface Electorate {
  /** No members. */
  Electorate NOBODY =
      new Electorate() {
        @Override
        public Set<NodeId> known() {
          return Set.of();
        }

        @Override
        public Set<NodeId> alive() {
          return Set.of();
        }
      };

  /** All that did not leave, this node included. */
  Set<NodeId> known();

  /** The live ones, this node included. */
  Set<NodeId> alive();
}
