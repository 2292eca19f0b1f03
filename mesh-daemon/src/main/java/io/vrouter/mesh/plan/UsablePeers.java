package io.vrouter.mesh.plan;

import io.vrouter.mesh.model.Encryption;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Problem;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The peers that may have a data path, and the addresses that no prefix may cover.
 *
 * <p>An address counts where it is signed as the gossip endpoint. Every known member's is
 * protected, whatever its state: a prefix over a failed host would catch the gossip that heals it.
 * An address inside a prefix that another host holds already is refused itself, so that no member
 * can take a prefix away by naming an address in it.
 */
final class UsablePeers {
  final List<RemoteHost> usable = new ArrayList<>();
  final Set<InetAddress> addresses = new HashSet<>();
  final List<Problem> problems = new ArrayList<>();

  private final LocalState local;
  private final PrefixIndex<Holding> holdings = new PrefixIndex<>();

  UsablePeers(LocalState local, Collection<RemoteHost> peers, Collection<Holding> standing) {
    this.local = local;
    for (Holding holding : standing) {
      if (holding.kind() == Conflict.ClaimKind.PREFIX) {
        holdings.add(holding.prefix(), holding);
      }
    }
    addresses.add(local.underlay().address());
    addresses.add(local.underlay().advertised());
    peers.stream().sorted(Comparator.comparing(RemoteHost::id)).forEach(this::add);
  }

  private void add(RemoteHost peer) {
    Optional<Holding> holder = holder(peer);
    if (holder.isEmpty()) {
      addresses.add(peer.endpoint());
    }
    if (peer.state().keepsDataPath() && usable(peer, holder)) {
      usable.add(peer);
    }
  }

  private Optional<Holding> holder(RemoteHost peer) {
    if (peer.endpoint().equals(local.underlay().address())) {
      return Optional.empty();
    }
    List<Holding> found = new ArrayList<>();
    holdings.covering(PrefixPolicy.host(peer.endpoint()), found::add);
    return found.stream().filter(it -> !it.id().equals(peer.id())).findFirst();
  }

  private boolean usable(RemoteHost peer, Optional<Holding> holder) {
    InetAddress ours = local.underlay().address();
    InetAddress theirs = peer.record().underlay();
    if (!theirs.equals(peer.endpoint())) {
      warning(
          "underlay-mismatch",
          "%s tells the underlay address %s and speaks from %s: it has no data path here"
              .formatted(name(peer), theirs.getHostAddress(), peer.endpoint().getHostAddress()),
          "run the same meshd version there, with --underlay of the address that others reach");
      return false;
    }
    if (theirs.equals(ours)) {
      warning(
          "underlay-duplicate",
          "%s says its underlay address is %s, which is this host's: it has no data path here"
              .formatted(name(peer), theirs.getHostAddress()),
          "give each host its own address, see --underlay");
      return false;
    }
    Optional<String> taken =
        holder
            .map(it -> it.prefix() + " of " + it.id().abbreviated())
            .or(() -> overlaySubnet(theirs).map(it -> "the overlay subnet " + it));
    if (taken.isPresent()) {
      warning(
          "underlay-in-prefix",
          "%s has the underlay address %s, which is in %s: it has no data path here"
              .formatted(name(peer), theirs.getHostAddress(), taken.get()),
          "give that host an address outside of container and overlay subnets, see --underlay and"
              + " --vxlan-subnet");
      return false;
    }
    if (theirs.getAddress().length != ours.getAddress().length) {
      problem(
          "underlay-family",
          "%s has the underlay address %s, of another IP version than %s here"
              .formatted(name(peer), theirs.getHostAddress(), ours.getHostAddress()),
          "choose addresses of one IP version on all hosts with --underlay");
      return false;
    }
    Encryption wanted = local.options().encryption();
    Encryption told = peer.record().tunnel().encryption();
    if (!wanted.agrees(told)) {
      warning(
          "encryption-differs",
          "%s has --encryption %s, this host %s: there is no data path between them"
              .formatted(name(peer), told, wanted),
          "set the same --encryption on all hosts; to switch a running mesh over, first set"
              + " 'prefer' on every host");
      return false;
    }
    if (peer.record().vxlanPort() != local.vxlanPort()) {
      problem(
          "vxlan-port-differs",
          "%s has VXLAN port %d, this host %d"
              .formatted(name(peer), peer.record().vxlanPort(), local.vxlanPort()),
          "set the same --vxlan-port on all hosts");
      return false;
    }
    return true;
  }

  private Optional<Prefix> overlaySubnet(InetAddress address) {
    return local.vnis().stream()
        .map(LocalVni::overlaySubnet)
        .filter(subnet -> subnet.contains(address))
        .findFirst();
  }

  /** Adds a warning: the content of a member's record must not make other hosts unhealthy. */
  private void warning(String code, String message, String fix) {
    problems.add(Problem.warning(code, message, fix));
  }

  private void problem(String code, String message, String fix) {
    problems.add(new Problem(code, message, fix));
  }

  static String name(RemoteHost peer) {
    return peer.record().node() + " (" + peer.id().abbreviated() + ")";
  }
}
