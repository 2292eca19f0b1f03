package io.vrouter.mesh.trial;

import java.net.InetAddress;

/**
 * A host's own address in one of its networks.
 *
 * @param vni of the network, 0 for one that is not in the mesh
 * @param port UDP port of the trial there, 1 to 65,535
 */
public record Site(int vni, InetAddress address, int port) {
  /** Whether members of the network's VNI reach it. */
  boolean isOpen() {
    return vni != 0;
  }

  Site at(int otherPort) {
    return new Site(vni, address, otherPort);
  }

  /** Octets on the wire: VNI 3, port 2, length of the address 1, address. */
  int length() {
    return 6 + address.getAddress().length;
  }
}
