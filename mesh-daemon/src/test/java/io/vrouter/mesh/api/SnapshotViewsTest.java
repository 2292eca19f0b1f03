package io.vrouter.mesh.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.NodeId;
import io.vrouter.mesh.control.Networks;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vni;
import io.vrouter.mesh.plan.LocalNetwork;
import io.vrouter.mesh.plan.RouteState;
import io.vrouter.mesh.pool.PoolState;
import io.vrouter.mesh.reconcile.MeshSnapshot;
import io.vrouter.mesh.reconcile.PoolView;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SnapshotViewsTest {
  private static final NodeId SELF = NodeId.parse("0f".repeat(16));
  private static final Vni VNI = new Vni(1000);
  private static final Prefix REFUSED = Prefix.parse("172.30.0.0/16");

  private final SnapshotViews views =
      new SnapshotViews(
          new MeshSnapshot(
              SELF,
              "h1",
              List.of(),
              List.of(
                  new MeshSnapshot.RouteView(
                      REFUSED,
                      VNI,
                      null,
                      "vxlan1000",
                      SELF,
                      RouteState.MISSING,
                      "it covers a seed")),
              List.of(),
              List.of(),
              new PoolView(Prefix.parse("10.128.0.0/10"), false, false, PoolState.NONE, List.of()),
              Optional.empty(),
              true,
              "",
              new MeshSnapshot.PassCounters(0, 0, 0, 0)),
          VNI);

  @Test
  void networksNameWhatThisHostRefusesToAdvertiseAndWhy() {
    LocalNetwork refused = new LocalNetwork(REFUSED, VNI, "br-web", null, "web_default", "web");
    LocalNetwork waiting =
        new LocalNetwork(Prefix.parse("172.31.0.0/16"), VNI, "br-db", null, "db_default", "db");

    assertThat(views.networks(List.of(refused, waiting)).networks())
        .containsExactly(
            new Networks.Network(
                "172.30.0.0/16",
                1000,
                "web_default",
                "web",
                SELF.toString(),
                Networks.NetworkState.REFUSED,
                "it covers a seed"));
  }

  @Test
  void anOwnNetworkIsNoRoute() {
    assertThat(views.routes().routes()).isEmpty();
  }
}
