package io.vrouter.netlink;

import io.vrouter.netlink.generic.WgChange;
import io.vrouter.netlink.generic.WgDevice;
import java.util.Optional;

/** WireGuard devices of one implementation, in one network namespace. One thread at a time. */
public interface WireGuardDevice {
  /**
   * A device with its peers.
   *
   * @return empty when there is no such device of this implementation
   * @throws NetlinkException when it can't be read
   */
  Optional<WgDevice> read(String name);

  /**
   * Changes a device.
   *
   * @throws NetlinkException when the change is refused, in part or as a whole
   */
  void set(WgChange change);
}
