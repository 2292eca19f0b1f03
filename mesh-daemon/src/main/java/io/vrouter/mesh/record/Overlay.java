package io.vrouter.mesh.record;

import io.vrouter.mesh.model.Vni;
import java.net.InetAddress;

/**
 * A host's claim to its address in the overlay subnet of one VNI.
 *
 * @param lamport see {@link Lamport}
 */
public record Overlay(Vni vni, InetAddress address, long lamport) {
  public Overlay {
    HostRecord.checkUnicast("overlay address", address);
    Lamport.check(lamport);
  }
}
