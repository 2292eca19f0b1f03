package io.vrouter.mesh.plan;

import io.vrouter.membership.NodeId;
import io.vrouter.membership.Sha256;
import io.vrouter.mesh.model.Vni;
import io.vrouter.netlink.route.MacAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The MAC address of a host's tunnel device. It follows from the node id, so that no record carries
 * it and udev can't change it unnoticed.
 */
public final class VtepMac {
  private static final int GROUP = 0x01;
  private static final int LOCAL = 0x02;

  private VtepMac() {}

  /** A locally administered unicast address (IEEE 802, section 8.4). */
  public static MacAddress of(NodeId id, Vni vni) {
    byte[] seed =
        ByteBuffer.allocate(NodeId.BYTES + 4).put(id.toBytes()).putInt(vni.value()).array();
    byte[] mac = Arrays.copyOf(Sha256.of(seed), 6);
    mac[0] = (byte) ((mac[0] & ~GROUP) | LOCAL);
    return MacAddress.of(mac);
  }
}
