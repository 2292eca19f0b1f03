package io.vrouter.mesh.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.Bytes;
import io.vrouter.mesh.model.Encryption;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.mesh.plan.LocalState;
import io.vrouter.mesh.plan.Mark;
import io.vrouter.mesh.plan.Observed;
import io.vrouter.mesh.plan.RemoteHost;
import io.vrouter.mesh.plan.Tunnels;
import io.vrouter.mesh.plan.Wanted;
import io.vrouter.mesh.plan.WireGuardAddress;
import io.vrouter.mesh.plan.Worlds;
import io.vrouter.mesh.record.TunnelShare;
import io.vrouter.mesh.record.WireGuardKey;
import io.vrouter.netlink.generic.WgDevice;
import io.vrouter.netlink.generic.WgKey;
import io.vrouter.netlink.generic.WgPeer;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TunnelBookTest {
  private static final WireGuardKey OWN = key(0, 1);
  private static final WireGuardKey OWN_NEW = key(1, 2);
  private static final WireGuardKey THEIRS = key(0, 3);
  private static final WireGuardKey THEIRS_NEW = key(1, 4);
  private static final InetAddress PLAIN = Worlds.ip("192.0.2.2");

  private final List<Integer> retired = new ArrayList<>();
  private final TunnelBook book = new TunnelBook(retired::add, 0);
  private long now;
  private List<Problem> problems = List.of();

  private static WireGuardKey key(int slot, int octet) {
    byte[] octets = new byte[32];
    octets[0] = (byte) octet;
    return new WireGuardKey(slot, Bytes.of(octets), 51_820 + slot);
  }

  private static InetAddress inside(int slot) {
    return WireGuardAddress.of(Worlds.id(2), slot, true);
  }

  private static LocalState local(Encryption encryption) {
    return Worlds.local(
        new LocalState.Options(
            Mark.METRIC,
            FirewallPolicy.DEFAULT_PROBE_PORT,
            List.of(),
            Set.of(),
            List.of(),
            encryption,
            51_820));
  }

  private static RemoteHost peer(Encryption encryption, WireGuardKey... keys) {
    RemoteHost plain = Worlds.peer(2, "172.31.0.0/16");
    return plain.with(plain.record().with(new TunnelShare(encryption, List.of(keys))));
  }

  private static WgDevice device(int slot, WireGuardKey... answered) {
    List<WgPeer> peers = new ArrayList<>();
    for (WireGuardKey key : answered) {
      peers.add(new WgPeer(WgKey.of(key.octets().toArray()), null, 25, 1, 0, 0, List.of()));
    }
    return new WgDevice(Wanted.Tunnel.name(slot), null, 0, peers);
  }

  private Tunnels advance(Encryption encryption, RemoteHost peer, WgDevice... devices) {
    problems =
        book.advance(
            local(encryption), List.of(peer), Observed.NOTHING.withTunnels(List.of(devices)), now);
    return book.tunnels();
  }

  private Tunnels.End end(Encryption encryption, RemoteHost peer, WgDevice... devices) {
    return java.util.Objects.requireNonNull(
        advance(encryption, peer, devices).ends().get(Worlds.id(2)));
  }

  private void elapse(Duration time) {
    now += time.toNanos();
  }

  @Test
  void aPeerWithoutEncryptionIsReachedInPlain() {
    Tunnels.End end = end(Encryption.NONE, Worlds.peer(2));
    assertThat(end).isEqualTo(new Tunnels.End(PLAIN, Set.of(), false));
    assertThat(book.tunnels().share()).isEqualTo(TunnelShare.NONE);
    assertThat(book.deadline()).isEmpty();
  }

  @Test
  void onePreferringChangesOverWithTheHandshakeAndAcceptsBothMeanwhile() {
    book.keys(List.of(OWN));
    RemoteHost peer = peer(Encryption.PREFER, THEIRS);
    assertThat(end(Encryption.PREFER, peer, device(0)))
        .isEqualTo(new Tunnels.End(PLAIN, Set.of(inside(0)), false));
    assertThat(book.deadline()).isPresent();
    assertThat(end(Encryption.PREFER, peer, device(0, THEIRS)))
        .isEqualTo(new Tunnels.End(inside(0), Set.of(PLAIN), true));
    // Without a new handshake the session ends, and the plain path is there.
    elapse(TunnelSessions.FRESH);
    assertThat(end(Encryption.PREFER, peer, device(0, THEIRS)).remote()).isEqualTo(PLAIN);
  }

  @Test
  void onePreferringNamesWhoIsBehind() {
    book.keys(List.of(OWN));
    assertThat(end(Encryption.PREFER, Worlds.peer(2), device(0)).remote()).isEqualTo(PLAIN);
    assertThat(problems).extracting(Problem::code).containsExactly("encryption-behind");
    assertThat(problems.get(0).message()).contains("host2");
  }

  @Test
  void nothingGoesInPlainWithWireGuard() {
    book.keys(List.of(OWN));
    RemoteHost peer = peer(Encryption.WIREGUARD, THEIRS);
    assertThat(end(Encryption.WIREGUARD, peer, device(0)))
        .isEqualTo(new Tunnels.End(inside(0), Set.of(), false));
    assertThat(problems).isEmpty();
    elapse(TunnelProblems.PATIENCE.plusMillis(1));
    advance(Encryption.WIREGUARD, peer, device(0));
    assertThat(problems).extracting(Problem::code).containsExactly("wireguard-silent");
    assertThat(advance(Encryption.WIREGUARD, Worlds.peer(2), device(0)).ends()).isEmpty();
    assertThat(advance(Encryption.WIREGUARD, peer(Encryption.WIREGUARD)).ends()).isEmpty();
  }

  @Test
  void aPeersNewKeyIsUsedWithItsHandshakeAndTheFormerEndIsAcceptedForAWhile() {
    book.keys(List.of(OWN));
    end(Encryption.WIREGUARD, peer(Encryption.WIREGUARD, THEIRS), device(0, THEIRS));
    RemoteHost both = peer(Encryption.WIREGUARD, THEIRS_NEW, THEIRS);
    assertThat(end(Encryption.WIREGUARD, both, device(0, THEIRS)))
        .isEqualTo(new Tunnels.End(inside(0), Set.of(inside(1)), true));
    assertThat(end(Encryption.WIREGUARD, both, device(0, THEIRS, THEIRS_NEW)))
        .isEqualTo(new Tunnels.End(inside(1), Set.of(inside(0)), true));
    RemoteHost after = peer(Encryption.WIREGUARD, THEIRS_NEW);
    assertThat(end(Encryption.WIREGUARD, after, device(0, THEIRS_NEW)).also())
        .containsExactly(inside(0));
    elapse(TunnelBook.LEFT);
    assertThat(end(Encryption.WIREGUARD, after, device(0, THEIRS_NEW)).also()).isEmpty();
  }

  @Test
  void anOwnNewKeySendsOnceAllAnsweredAndThenTheFormerIsRetired() {
    book.keys(List.of(OWN));
    RemoteHost peer = peer(Encryption.WIREGUARD, THEIRS);
    advance(Encryption.WIREGUARD, peer, device(0, THEIRS));
    book.keys(List.of(OWN_NEW, OWN));
    Tunnels begun = advance(Encryption.WIREGUARD, peer, device(0, THEIRS), device(1));
    assertThat(begun.devices()).containsExactly(OWN, OWN_NEW);
    assertThat(begun.share().keys()).containsExactly(OWN_NEW, OWN);
    WgDevice old = device(0, THEIRS);
    WgDevice fresh = device(1, THEIRS);
    assertThat(advance(Encryption.WIREGUARD, peer, old, fresh).devices())
        .containsExactly(OWN_NEW, OWN);
    elapse(RotatingKeys.RETIRING.dividedBy(2));
    Tunnels half = advance(Encryption.WIREGUARD, peer, old, fresh);
    assertThat(half.devices()).containsExactly(OWN_NEW, OWN);
    assertThat(half.share().keys()).containsExactly(OWN_NEW);
    assertThat(retired).isEmpty();
    elapse(RotatingKeys.RETIRING);
    assertThat(advance(Encryption.WIREGUARD, peer, old, fresh).devices()).containsExactly(OWN_NEW);
    assertThat(retired).containsExactly(0);
  }

  @Test
  void anOwnNewKeyWaitsForTheSessionWithTheEndInUse() {
    book.keys(List.of(OWN));
    RemoteHost both = peer(Encryption.WIREGUARD, THEIRS_NEW, THEIRS);
    assertThat(end(Encryption.WIREGUARD, both, device(0, THEIRS, THEIRS_NEW)).remote())
        .isEqualTo(inside(1));
    book.keys(List.of(OWN_NEW, OWN));
    WgDevice old = device(0, THEIRS, THEIRS_NEW);
    // Packets would wait for a handshake, or go to a key that is about to be given up.
    assertThat(advance(Encryption.WIREGUARD, both, old, device(1, THEIRS)).devices())
        .containsExactly(OWN, OWN_NEW);
    assertThat(advance(Encryption.WIREGUARD, both, old, device(1, THEIRS_NEW)).devices())
        .containsExactly(OWN_NEW, OWN);
  }

  @Test
  void aKeyThatAPeerNoLongerTellsCountsForAWhileUnlessThePeerIsGone() {
    book.keys(List.of(OWN));
    advance(Encryption.PREFER, peer(Encryption.PREFER, THEIRS), device(0, THEIRS));
    elapse(Duration.ofMinutes(1));
    Tunnels after = advance(Encryption.PREFER, Worlds.peer(2), device(0, THEIRS));
    assertThat(after.former()).containsEntry(Worlds.id(2), List.of(THEIRS));
    assertThat(after.ends())
        .hasEntrySatisfying(Worlds.id(2), end -> assertThat(end.also()).contains(inside(0)));
    assertThat(book.deadline()).contains(now + TunnelBook.LEFT.toNanos());
    elapse(TunnelBook.LEFT);
    assertThat(advance(Encryption.PREFER, Worlds.peer(2), device(0)).former()).isEmpty();

    advance(Encryption.PREFER, peer(Encryption.PREFER, THEIRS), device(0, THEIRS));
    book.advance(local(Encryption.PREFER), List.of(), Observed.NOTHING, now);
    assertThat(book.tunnels().former()).isEmpty();
  }

  @Test
  void aSilentPeerHoldsAChangeOfKeysUpForAWhileOnly() {
    book.keys(List.of(OWN_NEW, OWN));
    RemoteHost peer = peer(Encryption.WIREGUARD, THEIRS);
    advance(Encryption.WIREGUARD, peer, device(0, THEIRS), device(1));
    elapse(RotatingKeys.ROTATION);
    assertThat(advance(Encryption.WIREGUARD, peer, device(0, THEIRS), device(1)).devices())
        .containsExactly(OWN, OWN_NEW);
    elapse(Duration.ofNanos(1));
    assertThat(advance(Encryption.WIREGUARD, peer, device(0, THEIRS), device(1)).devices())
        .containsExactly(OWN_NEW, OWN);
  }
}
