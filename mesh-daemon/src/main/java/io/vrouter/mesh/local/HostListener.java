package io.vrouter.mesh.local;

import io.vrouter.mesh.plan.LocalState;
import java.net.InetAddress;

/** Listens to a {@link HostWatch}. Called on the watching threads: each method returns at once. */
public interface HostListener {
  /** The state of this host differs from the last one. */
  void changed(LocalState state);

  /** A link came up or an address appeared. */
  void linkUp();

  /** The underlay's link lost its carrier. */
  void linkDown();

  /** The address that gossip is bound to is gone: another one is used from now on. */
  void underlayMoved(InetAddress address);
}
