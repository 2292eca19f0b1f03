package io.vrouter.mesh.reconcile;

import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.plan.RemoteHost;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The peers that WireGuard doesn't reach, by reason, as one problem for each reason. */
final class TunnelProblems {
  /** A handshake takes one round trip, or 5 s when a packet of it is lost. */
  static final Duration PATIENCE = Duration.ofSeconds(15);

  /** Most hosts that a problem names. */
  private static final int NAMED = 8;

  private final List<String> behind = new ArrayList<>();
  private final List<String> silent = new ArrayList<>();
  private final List<String> colliding = new ArrayList<>();

  /** A peer without a key. */
  void behind(RemoteHost peer) {
    behind.add(name(peer));
  }

  /** A peer without a handshake for {@link #PATIENCE}. */
  void silent(RemoteHost peer) {
    silent.add(name(peer));
  }

  /** A peer whose address inside is another host's. */
  void colliding(RemoteHost peer) {
    colliding.add(name(peer));
  }

  /** One for each reason that there is. */
  List<Problem> problems() {
    List<Problem> problems = new ArrayList<>();
    if (!behind.isEmpty()) {
      problems.add(
          Problem.warning(
              "encryption-behind",
              "no encryption with %s: no WireGuard there".formatted(names(behind)),
              "set --encryption prefer there, too; once no host is named, set wireguard on all"));
    }
    if (!silent.isEmpty()) {
      problems.add(
          Problem.warning(
              "wireguard-silent",
              "no WireGuard handshake with %s for %d s"
                  .formatted(names(silent), PATIENCE.toSeconds()),
              "let the UDP port of --wireguard-port (51820 and the next) pass between the hosts,"
                  + " and see 'meshctl status' there"));
    }
    if (!colliding.isEmpty()) {
      problems.add(
          Problem.warning(
              "wireguard-address-taken",
              "no path to %s: another host has the same WireGuard address"
                  .formatted(names(colliding)),
              "give that host a new identity: stop meshd, remove its state directory, start it"));
    }
    return problems;
  }

  private static String names(List<String> hosts) {
    List<String> some = hosts.stream().sorted().limit(NAMED).toList();
    return String.join(", ", some)
        + (hosts.size() > NAMED ? " and %d more".formatted(hosts.size() - NAMED) : "");
  }

  private static String name(RemoteHost peer) {
    return peer.record().node() + " (" + peer.id().abbreviated() + ")";
  }
}
