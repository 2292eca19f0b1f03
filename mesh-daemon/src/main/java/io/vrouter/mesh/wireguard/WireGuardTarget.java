package io.vrouter.mesh.wireguard;

import io.vrouter.mesh.apply.StepOutcome;
import io.vrouter.mesh.apply.Target;
import io.vrouter.mesh.apply.TunnelLook;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.plan.Mark;
import io.vrouter.mesh.plan.Observed;
import io.vrouter.mesh.plan.Step;
import io.vrouter.mesh.plan.Wanted;
import io.vrouter.netlink.GenericNetlink;
import io.vrouter.netlink.NetlinkException;
import io.vrouter.netlink.Outcome;
import io.vrouter.netlink.RtNetlink;
import io.vrouter.netlink.WireGuardDevice;
import io.vrouter.netlink.WireGuardSocket;
import io.vrouter.netlink.generic.WgChange;
import io.vrouter.netlink.generic.WgDevice;
import io.vrouter.netlink.generic.WgKey;
import io.vrouter.netlink.generic.WireGuard;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.route.LinkChange;
import io.vrouter.netlink.route.LinkInfo;
import io.vrouter.netlink.route.LinkRequests;
import io.vrouter.netlink.wire.Errno;
import io.vrouter.netlink.wire.IfLink;
import io.vrouter.netlink.wire.Payload;
import io.vrouter.netlink.wire.Request;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Makes WireGuard devices, in the kernel where it has the module, else as {@code wireguard-go}, and
 * sets their keys and peers. Called on the reconcile thread only.
 */
public final class WireGuardTarget implements Target, TunnelLook, AutoCloseable {
  /** Problem code: neither the kernel nor {@code wireguard-go} can encrypt here. */
  public static final String MISSING = "wireguard-missing";

  private final RtNetlink netlink;
  private final GenericNetlink kernel;
  private final WireGuardDevice userspace;
  private final WireGuardKeys keys;
  private List<Problem> problems = List.of();

  /**
   * Opens a socket to the kernel.
   *
   * @param netlink the owner closes it
   */
  public WireGuardTarget(RtNetlink netlink, WireGuardKeys keys) {
    this.netlink = netlink;
    this.keys = keys;
    this.kernel = GenericNetlink.open();
    this.userspace = new WireGuardSocket(WireGuardSocket.DIRECTORY, Curve25519::publicKey);
  }

  @Override
  public List<WgDevice> look(Collection<Link> links) {
    List<WgDevice> devices = new ArrayList<>();
    List<Problem> found = new ArrayList<>();
    for (Link link : links) {
      if (isTunnel(link)) {
        try {
          implementation(link).read(link.name()).ifPresent(devices::add);
        } catch (NetlinkException e) {
          found.add(
              new Problem(
                  "wireguard-unread",
                  "the WireGuard device %s can't be read: %s"
                      .formatted(link.name(), e.getMessage()),
                  "if it stays, delete it with 'ip link del "
                      + link.name()
                      + "': it is made anew"));
        }
      }
    }
    problems = List.copyOf(found);
    return devices;
  }

  @Override
  public List<Problem> problems() {
    return problems;
  }

  private static boolean isTunnel(Link link) {
    boolean kind = link.kind().equals(WireGuard.WG_GENL_NAME) || link.kind().equals("tun");
    return kind
        && (Observed.isOurs(link)
            || link.name().equals(Wanted.Tunnel.name(0))
            || link.name().equals(Wanted.Tunnel.name(1)));
  }

  private WireGuardDevice implementation(Link link) {
    return link.kind().equals("tun") ? userspace : kernel;
  }

  @Override
  public boolean takes(Step step) {
    return step instanceof Step.OfTunnel;
  }

  @Override
  public List<StepOutcome> apply(List<Step> steps) {
    List<StepOutcome> outcomes = new ArrayList<>();
    for (Step step : steps) {
      StepOutcome outcome;
      try {
        outcome = apply(step);
      } catch (NetlinkException e) {
        outcome =
            StepOutcome.failed(
                step,
                "wireguard-refused",
                step + ": " + e.getMessage(),
                "nothing: it is tried again; if it stays, see 'meshctl plan'");
      }
      outcomes.add(outcome);
    }
    return outcomes;
  }

  private StepOutcome apply(Step step) {
    if (step instanceof Step.CreateTunnel create) {
      return create(create);
    }
    Wanted.Tunnel wanted =
        ((Step.Fulfilment) step).wanted() instanceof Wanted.Tunnel it ? it : null;
    Optional<Link> link = wanted == null ? Optional.empty() : netlink.link(wanted.device());
    if (wanted == null || link.isEmpty()) {
      return StepOutcome.failed(
          step, "device-gone", step + ": there is no such device", "nothing: it is tried again");
    }
    if (step instanceof Step.ChangeTunnel) {
      return mark(step, wanted, link.get());
    }
    implementation(link.get()).set(change(step, wanted));
    return StepOutcome.done(step);
  }

  private WgChange change(Step step, Wanted.Tunnel wanted) {
    if (step instanceof Step.SetTunnelPeers set) {
      List<WgChange.Peer> peers = new ArrayList<>();
      for (WgKey key : set.removed()) {
        peers.add(WgChange.Peer.removed(key));
      }
      for (Wanted.TunnelPeer peer : set.set()) {
        peers.add(
            WgChange.Peer.of(
                peer.key(), peer.endpoint(), Wanted.TunnelPeer.KEEPALIVE, List.of(peer.allowed())));
      }
      return WgChange.ofPeers(wanted.device(), peers);
    }
    Payload privateKey = keys.privateKey(wanted.slot()).orElse(null);
    return new WgChange(wanted.device(), privateKey, wanted.port(), false, List.of());
  }

  private StepOutcome create(Step.CreateTunnel step) {
    Wanted.Tunnel wanted = step.wanted();
    Request make =
        LinkRequests.create(
            wanted.device(), LinkInfo.of(WireGuard.WG_GENL_NAME), wanted.mtu(), null, Mark.GROUP);
    Outcome made = netlink.batch(List.of(make)).get(0);
    if (made.errno() == Errno.EOPNOTSUPP) {
      try {
        WireGuardGo.start(wanted.device());
      } catch (IOException e) {
        return StepOutcome.failed(
            step,
            MISSING,
            "this kernel has no WireGuard, and %s can't be started: %s"
                .formatted(WireGuardGo.PROGRAM, e.getMessage()),
            "install the package wireguard-go (apt install wireguard-go), and let this host use"
                + " /dev/net/tun; or run a kernel with the wireguard module");
      }
    } else if (!made.ok()) {
      return StepOutcome.failed(
          step, "kernel-refused", step + ": " + made, "it is tried again; see 'meshctl plan'");
    }
    Optional<Link> link = netlink.link(wanted.device());
    return link.isPresent()
        ? mark(step, wanted, link.get())
        : StepOutcome.failed(
            step, "device-gone", step + ": the device is gone", "nothing: it is tried again");
  }

  private StepOutcome mark(Step step, Wanted.Tunnel wanted, Link link) {
    List<Request> requests =
        List.of(
            LinkChange.of(link.index()).group(Mark.GROUP).request(),
            LinkChange.of(link.index()).alias(wanted.alias()).request(),
            LinkChange.of(link.index()).mtu(wanted.mtu()).request(),
            LinkChange.of(link.index()).flags(0, IfLink.IFF_MULTICAST).request());
    for (Outcome outcome : netlink.batch(requests)) {
      if (!outcome.ok()) {
        return StepOutcome.failed(
            step, "kernel-refused", step + ": " + outcome, "it is tried again");
      }
    }
    // A kernel without IPv6 refuses it, and has no such addresses.
    var unused =
        netlink.batch(
            List.of(
                LinkChange.of(link.index()).addrGenMode(IfLink.IN6_ADDR_GEN_MODE_NONE).request()));
    return StepOutcome.done(step);
  }

  /** Idempotent. */
  @Override
  public void close() {
    kernel.close();
  }
}
