package io.vrouter.mesh.apply;

import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.plan.FastPathState;
import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.netlink.route.Link;
import java.util.Collection;
import java.util.List;

/** Reads the fast path. Called on the reconcile thread only. */
public interface FastPathLook {
  /** No fast path. */
  FastPathLook NONE =
      new FastPathLook() {
        @Override
        public FastPathState look(FirewallPolicy policy, Collection<Link> links, boolean fresh) {
          return FastPathState.NONE;
        }

        @Override
        public List<Problem> problems() {
          return List.of();
        }
      };

  /**
   * The fast path in the kernel.
   *
   * @param policy its networks are those whose containers are looked up
   * @param links all links
   * @param fresh true to read the maps; false when what was read or written last may be trusted
   */
  FastPathState look(FirewallPolicy policy, Collection<Link> links, boolean fresh);

  /** The problems of the last look. */
  List<Problem> problems();
}
