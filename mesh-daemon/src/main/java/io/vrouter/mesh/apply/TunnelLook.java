package io.vrouter.mesh.apply;

import io.vrouter.mesh.model.Problem;
import io.vrouter.netlink.generic.WgDevice;
import io.vrouter.netlink.route.Link;
import java.util.Collection;
import java.util.List;

/** Reads this host's WireGuard devices. Called on the reconcile thread only. */
public interface TunnelLook {
  /** No WireGuard. */
  TunnelLook NONE =
      new TunnelLook() {
        @Override
        public List<WgDevice> look(Collection<Link> links) {
          return List.of();
        }

        @Override
        public List<Problem> problems() {
          return List.of();
        }
      };

  /** Our devices among the links, with keys and peers; one that can't be read is left out. */
  List<WgDevice> look(Collection<Link> links);

  /** The problems of the last look. */
  List<Problem> problems();
}
