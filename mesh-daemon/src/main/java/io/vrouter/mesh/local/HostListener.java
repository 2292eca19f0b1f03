package io.vrouter.mesh.local;

import io.vrouter.mesh.plan.LocalState;

/** Who hears what happens to this host; on its watching threads, so it must return at once. */
public interface HostListener {
  /** This host is another than before. */
  void changed(LocalState state);

  /** A link came up or an address appeared. */
  void linkUp();

  /** The underlay's link has no carrier. */
  void linkDown();

  /** Something in the kernel that a plan may depend on. */
  void kernelChanged();

  /** Somebody wrote to nftables, perhaps we. */
  void rulesChanged();

  /** Rules were changed, or may have been, of which nftables tells nothing. */
  void firewallChanged();

  /** The address that gossip is bound to is gone, and there is another one. */
  void underlayMoved();

  /** Before anybody listens. */
  HostListener NOBODY =
      new HostListener() {
        @Override
        public void changed(LocalState state) {}

        @Override
        public void linkUp() {}

        @Override
        public void linkDown() {}

        @Override
        public void kernelChanged() {}

        @Override
        public void rulesChanged() {}

        @Override
        public void firewallChanged() {}

        @Override
        public void underlayMoved() {}
      };
}
