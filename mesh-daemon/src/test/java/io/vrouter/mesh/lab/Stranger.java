package io.vrouter.mesh.lab;

/**
 * A host on the LAN that has no token but a VXLAN device of the mesh's VNI made by hand: its
 * packets are what a forger's are.
 */
final class Stranger {
  /** The address it takes in the overlay. */
  static final String OVERLAY = "10.1.1.250";

  private final Space space;

  Stranger(Host host) {
    this.space = host.space();
    space.ok(
        "ip",
        "link",
        "add",
        Kernel.DEVICE,
        "type",
        "vxlan",
        "id",
        "1000",
        "dstport",
        "4789",
        "local",
        host.underlay());
    space.ok("ip", "addr", "add", OVERLAY + "/24", "dev", Kernel.DEVICE);
    space.ok("ip", "link", "set", Kernel.DEVICE, "up");
  }

  /** Floods to this host and routes its stack's subnet through its overlay address. */
  void aimAt(Host victim, String victimOverlay) {
    space.ok(
        "bridge",
        "fdb",
        "append",
        "00:00:00:00:00:00",
        "dev",
        Kernel.DEVICE,
        "dst",
        victim.underlay());
    String mac =
        victim
            .space()
            .json("ip", "-j", "link", "show", "dev", Kernel.DEVICE)
            .path(0)
            .path("address")
            .asText();
    space.ok(
        "ip",
        "neigh",
        "replace",
        victimOverlay,
        "lladdr",
        mac,
        "dev",
        Kernel.DEVICE,
        "nud",
        "permanent");
    for (Stack stack : victim.stacks()) {
      space.ok("ip", "route", "add", stack.subnet(), "via", victimOverlay, "dev", Kernel.DEVICE);
    }
  }

  /** Sends five echo requests, whatever becomes of them, and tells whether one was answered. */
  boolean sendTo(String address) {
    return space.run("ping", "-n", "-c", "5", "-i", "0.1", "-W", "1", address).exit() == 0;
  }
}
