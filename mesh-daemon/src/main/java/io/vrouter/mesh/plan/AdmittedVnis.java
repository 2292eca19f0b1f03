package io.vrouter.mesh.plan;

import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.model.Vni;
import io.vrouter.mesh.record.HostRecord;
import io.vrouter.mesh.record.Overlay;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The VNIs that get a tunnel device here: those whose overlay subnet takes no traffic from this
 * host, and at most {@link HostRecord#MAX_OVERLAYS}, the limit of a record. A Docker network's
 * label picks a VNI, and with it an overlay subnet: it must not pick a network that this host
 * reaches.
 */
final class AdmittedVnis {
  final List<LocalVni> admitted = new ArrayList<>();
  final List<Problem> problems = new ArrayList<>();

  private final LocalState local;
  private final ForeignRoutes surroundings;

  AdmittedVnis(LocalState local, OwnClaims own, ForeignRoutes surroundings) {
    this.local = local;
    this.surroundings = surroundings;
    List<LocalVni> left = new ArrayList<>();
    local.vnis().stream().sorted(eldestFirst(own)).forEach(vni -> admit(vni, left));
    admitted.sort(Comparator.comparing(LocalVni::vni));
    if (!left.isEmpty()) {
      problems.add(
          new Problem(
              "too-many-vnis",
              "%d VNIs have no tunnel here, the first is %s: a host is in %d at most"
                  .formatted(left.size(), left.get(0).vni(), HostRecord.MAX_OVERLAYS),
              "use fewer values of the label vrouter.vni on this host"));
    }
  }

  private static Comparator<LocalVni> eldestFirst(OwnClaims own) {
    return Comparator.comparingLong(
            (LocalVni vni) -> own.overlay(vni.vni()).map(Overlay::lamport).orElse(Long.MAX_VALUE))
        .thenComparing(LocalVni::vni);
  }

  private void admit(LocalVni vni, List<LocalVni> left) {
    Optional<String> taken = taken(vni.overlaySubnet());
    if (taken.isPresent()) {
      Vni number = vni.vni();
      problems.add(
          new Problem(
              "overlay-subnet-in-use",
              "VNI %s (%s) has no tunnel here: its overlay subnet %s %s"
                  .formatted(number, origin(number), vni.overlaySubnet(), taken.get()),
              ("give all hosts another --vxlan-subnet; or use another VNI than the label"
                      + " vrouter.vni=%s or --vni=%s names")
                  .formatted(number, number)));
    } else if (admitted.size() == HostRecord.MAX_OVERLAYS) {
      left.add(vni);
    } else {
      admitted.add(vni);
    }
  }

  private String origin(Vni vni) {
    return local.networks().stream()
        .filter(network -> network.vni().equals(vni))
        .findFirst()
        .map(network -> "network %s, label vrouter.vni=%s".formatted(network.network(), vni))
        .orElse("--vni=" + vni);
  }

  private Optional<String> taken(Prefix subnet) {
    if (local.options().allow().stream().anyMatch(it -> it.contains(subnet))) {
      return Optional.empty();
    }
    return OverlaySubnets.taken(
        subnet, surroundings, local.underlay().address(), local.options().avoid());
  }
}
