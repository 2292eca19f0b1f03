package io.vrouter.mesh.local;

import io.vrouter.mesh.config.ConfiguredSubnet;
import io.vrouter.mesh.config.MeshConfig;
import io.vrouter.mesh.docker.DockerNetwork;
import io.vrouter.mesh.host.HostException;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.plan.Underlay;
import io.vrouter.netlink.RtNetlink;
import io.vrouter.netlink.route.Route;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Chooses this host's underlay from the addresses of known hosts. */
public final class Underlays {
  /** One lookup each; the first few give the same result as all. */
  private static final int ASKED = 8;

  private final MeshConfig config;
  private final List<InetAddress> others;
  private final @Nullable InetAddress last;

  /**
   * With the known hosts.
   *
   * @param others seeds, then peers of the last run: the kernel's source addresses towards them
   *     count
   * @param last address of the last run
   */
  public Underlays(MeshConfig config, List<InetAddress> others, Optional<InetAddress> last) {
    this.config = config;
    this.others = others.stream().distinct().limit(ASKED).toList();
    this.last = last.orElse(null);
  }

  /**
   * Chooses for the first time.
   *
   * @throws HostException when no underlay can be chosen
   */
  public Underlay find(RtNetlink netlink) throws HostException {
    return find(KernelLook.now(netlink), List.of(), netlink);
  }

  Underlay find(KernelLook look, Collection<DockerNetwork> docker, RtNetlink netlink)
      throws HostException {
    List<Prefix> stacks = new ArrayList<>();
    config.subnets().stream().map(ConfiguredSubnet::prefix).forEach(stacks::add);
    docker.stream().map(DockerNetwork::prefix).forEach(stacks::add);
    if (config.overlayGiven()) {
      stacks.add(config.vxlanSubnet());
    }
    Underlay found =
        UnderlayFinder.find(
            config.underlay().orElse(null),
            config.underlay().isPresent() ? List.of() : preferred(netlink),
            look.links(),
            look.addresses(),
            look.routes(),
            stacks);
    Underlay sized = config.mtu().map(found::withTunnelMtu).orElse(found);
    return config.advertise().map(sized::withAdvertised).orElse(sized);
  }

  private List<InetAddress> preferred(RtNetlink netlink) {
    List<InetAddress> preferred = new ArrayList<>();
    for (InetAddress other : others) {
      netlink.routeTo(other).map(Route::prefSource).ifPresent(preferred::add);
    }
    if (last != null) {
      preferred.add(last);
    }
    return preferred;
  }
}
