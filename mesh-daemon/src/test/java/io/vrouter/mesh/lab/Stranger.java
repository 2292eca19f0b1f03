package io.vrouter.mesh.lab;

import io.vrouter.netlink.lab.Space;
import io.vrouter.netlink.lab.Stack;

/**
 * A host on the LAN that has no token but a VXLAN device of the mesh's VNI made by hand: its
 * packets are what a forger's are.
 */
final class Stranger {
  /** The address it takes in the overlay. */
  static final String OVERLAY = "10.1.1.250";

  private final Space space;
  private final Kernel kernel;

  Stranger(Host host) {
    this.space = host.space();
    this.kernel = host.kernel();
    kernel.tunnel(host.underlay(), OVERLAY);
  }

  /** Floods to this host and routes its stack's subnet through its overlay address. */
  void aimAt(Host victim, String victimOverlay) {
    kernel.floods(victim.underlay());
    String mac =
        victim
            .space()
            .json("ip", "-j", "link", "show", "dev", Kernel.DEVICE)
            .path(0)
            .path("address")
            .asText();
    space.does(
        "ip neigh replace %s lladdr %s dev %s nud permanent"
            .formatted(victimOverlay, mac, Kernel.DEVICE));
    for (Stack stack : victim.stacks()) {
      space.ok("ip", "route", "add", stack.subnet(), "via", victimOverlay, "dev", Kernel.DEVICE);
    }
  }

  /** Sends five echo requests, whatever becomes of them, and tells whether one was answered. */
  boolean sendTo(String address) {
    return space.run("ping", "-n", "-c", "5", "-i", "0.1", "-W", "1", address).exit() == 0;
  }
}
