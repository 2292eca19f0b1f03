package io.vrouter.mesh.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.MemberState;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.plan.Conflict;
import io.vrouter.mesh.plan.Holding;
import io.vrouter.mesh.plan.LocalState;
import io.vrouter.mesh.plan.LocalVni;
import io.vrouter.mesh.plan.OverlayCandidates;
import io.vrouter.mesh.plan.RemoteHost;
import io.vrouter.mesh.plan.Worlds;
import io.vrouter.mesh.record.HostRecord;
import io.vrouter.mesh.record.Overlay;
import io.vrouter.mesh.record.Subnet;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ClaimBookTest {
  private static final LocalState LOCAL = Worlds.local(Worlds.network("172.30.0.0/16", null));
  private static final InetAddress FIRST =
      OverlayCandidates.pick(Worlds.id(1), Worlds.VNI, Worlds.OVERLAY, Set.of()).orElseThrow();

  private static final Prefix NET = Prefix.parse("172.30.0.0/16");

  private long now = 5;

  @Test
  void aFreshHostClaimsNothingBeforeItHasHeardTheOthers() {
    ClaimBook book = new ClaimBook(SavedState.NONE, now);
    advance(book, LOCAL, false);
    assertThat(book.claims().overlays()).isEmpty();
    assertThat(book.claims().subnets()).isEmpty();
    assertThat(book.deadline(LOCAL)).contains(now + ClaimBook.PATIENCE.toNanos());

    RemoteHost peer = claiming(2, FIRST, 41, "172.31.0.0/16");
    advance(book, LOCAL, true, peer);
    assertThat(book.claims().overlays())
        .singleElement()
        .satisfies(
            overlay -> {
              assertThat(overlay.lamport()).isEqualTo(42);
              assertThat(overlay.address()).isNotEqualTo(FIRST);
            });
    assertThat(book.claims().subnets()).isEqualTo(Map.of(Prefix.parse("172.30.0.0/16"), 42L));
    assertThat(book.deadline(LOCAL)).isEmpty();
  }

  @Test
  void aHostThatIsAloneClaimsWhenItsPatienceIsOver() {
    ClaimBook book = new ClaimBook(SavedState.NONE, now);
    now += ClaimBook.PATIENCE.toNanos() - 1;
    advance(book, LOCAL, false);
    assertThat(book.claims().overlays()).isEmpty();
    now++;
    advance(book, LOCAL, false);
    assertThat(book.claims().overlays()).containsExactly(new Overlay(Worlds.VNI, FIRST, 1));
  }

  @Test
  void whatWasClaimedBeforeIsClaimedAtOnceWithItsOldNumber() {
    ClaimBook book = saved(new Overlay(Worlds.VNI, Worlds.ip("10.1.1.77"), 3), 9);
    advance(book, LOCAL, false);
    assertThat(book.claims().overlay(Worlds.VNI).orElseThrow().lamport()).isEqualTo(3);
    assertThat(book.lamport()).isEqualTo(9);
  }

  @Test
  void aLoserTakesAnotherAndKeepsTheOldOneForAMoment() {
    Overlay mine = new Overlay(Worlds.VNI, Worlds.ip("10.1.1.77"), 3);
    ClaimBook book = saved(mine, 3);
    RemoteHost winner = claiming(2, mine.address(), 2);
    advance(book, LOCAL, true, winner);
    Overlay next = book.claims().overlay(Worlds.VNI).orElseThrow();
    assertThat(next.address()).isNotEqualTo(mine.address());
    assertThat(next.lamport()).isEqualTo(4);
    assertThat(book.claims().retiring()).containsExactly(mine);
    now += OverlayClaims.RETIREMENT.toNanos();
    assertThat(book.deadline(LOCAL)).contains(now);
    advance(book, LOCAL, true, winner);
    assertThat(book.claims().retiring()).isEmpty();
    assertThat(book.claims().overlay(Worlds.VNI)).contains(next);
  }

  @Test
  void theOlderClaimStaysThenTheLowerIdAndTheDeadClaimNothing() {
    Overlay mine = new Overlay(Worlds.VNI, Worlds.ip("10.1.1.77"), 3);
    ClaimBook book = saved(mine, 3);
    RemoteHost dead =
        Worlds.peer(0, MemberState.FAILED, Worlds.record(9, "192.0.2.9", "10.1.1.77", 1));
    advance(book, LOCAL, true, claiming(4, Worlds.ip("10.1.1.4"), 1));
    now += ClaimBook.PROBATION.toNanos();
    advance(
        book, LOCAL, true, claiming(2, mine.address(), 3), claiming(3, mine.address(), 4), dead);
    assertThat(book.claims().overlay(Worlds.VNI)).contains(mine);
    advance(book, LOCAL, true, claiming(0, mine.address(), 3));
    assertThat(book.claims().overlay(Worlds.VNI)).isPresent().get().isNotEqualTo(mine);
  }

  @Test
  void whatStandsIsGivenUpForNothingAndWhoMeetsOneThatStandsGivesWay() {
    Overlay mine = new Overlay(Worlds.VNI, Worlds.ip("10.1.1.77"), 3);
    ClaimBook book = saved(mine, 3);
    Set<Holding> standing =
        Set.of(
            new Holding(
                Conflict.ClaimKind.OVERLAY,
                LOCAL.self(),
                Worlds.VNI,
                Prefix.parse("10.1.1.77/32")));
    List<RemoteHost> thief = List.of(claiming(0, mine.address(), 1));
    book.advance(LOCAL, thief, true, standing, now);
    now += ClaimBook.PROBATION.toNanos();
    book.advance(LOCAL, thief, true, standing, now);
    assertThat(book.claims().overlay(Worlds.VNI)).contains(mine);

    ClaimBook lone = saved(mine, 3);
    advance(lone, LOCAL, true, claiming(2, mine.address(), 9));
    assertThat(lone.claims().overlay(Worlds.VNI)).contains(mine);
    now += ClaimBook.PROBATION.toNanos();
    assertThat(lone.deadline(LOCAL)).contains(now);
    advance(lone, LOCAL, true, claiming(2, mine.address(), 9));
    assertThat(lone.claims().overlay(Worlds.VNI)).isPresent().get().isNotEqualTo(mine);
  }

  /** Both claims stand at their side: one rule decides there and here, and one of them moves. */
  @Test
  void ofTwoGroupsThatNeverMetOneGivesUpTheAddressOfBoth() {
    for (long theirs : new long[] {2, 3, 4}) {
      Overlay one = new Overlay(Worlds.VNI, Worlds.ip("10.1.1.77"), 3);
      Overlay other = new Overlay(Worlds.VNI, one.address(), theirs);
      List<ClaimBook> books = List.of(saved(one, 9), saved(other, 9));
      List<Overlay> claims = List.of(one, other);
      for (int i = 0; i < 60; i++) {
        now += Duration.ofMillis(500).toNanos();
        List<Overlay> before =
            books.stream().map(it -> it.claims().overlay(Worlds.VNI).orElseThrow()).toList();
        for (int self = 0; self < 2; self++) {
          Overlay rival = before.get(1 - self);
          books
              .get(self)
              .advance(
                  as(1 + self, LOCAL),
                  List.of(claiming(2 - self, rival.address(), rival.lamport())),
                  true,
                  Set.of(standing(1 + self, one)),
                  now);
        }
      }
      List<Boolean> kept = new ArrayList<>();
      for (int self = 0; self < 2; self++) {
        kept.add(
            books.get(self).claims().overlay(Worlds.VNI).equals(Optional.of(claims.get(self))));
      }
      boolean first = theirs > 3 || (theirs == 3 && Worlds.id(1).compareTo(Worlds.id(2)) < 0);
      assertThat(kept).as("3 against %d", theirs).containsExactly(first, !first);
    }
  }

  /** Two hosts that count each other's number higher than it was told: the lower id keeps it. */
  @Test
  void wherePeersCountTheNumbersDifferentlyTheNodeIdDecides() {
    Overlay mine = new Overlay(Worlds.VNI, Worlds.ip("10.1.1.77"), 3);
    int moved = 0;
    for (int self = 1; self <= 2; self++) {
      ClaimBook book = saved(mine, 9);
      for (int i = 0; i < 60; i++) {
        now += Duration.ofMillis(500).toNanos();
        List<RemoteHost> rival = List.of(claiming(3 - self, mine.address(), 7));
        book.advance(as(self, LOCAL), rival, true, Set.of(standing(self, mine)), now);
      }
      moved += book.claims().overlay(Worlds.VNI).equals(Optional.of(mine)) ? 0 : 1;
    }
    assertThat(moved).isEqualTo(1);
  }

  /** A liar that claims whatever address this host has makes it move ever more rarely. */
  @Test
  void aLiarMovesAnAddressEverMoreRarely() {
    ClaimBook book = saved(new Overlay(Worlds.VNI, Worlds.ip("10.1.1.77"), 30), 30);
    Set<InetAddress> held = new HashSet<>();
    for (int i = 0; i < 2 * 3600; i++) {
      now += Duration.ofSeconds(1).toNanos();
      Overlay mine = book.claims().overlay(Worlds.VNI).orElseThrow();
      held.add(mine.address());
      List<RemoteHost> liar = List.of(claiming(2, mine.address(), 1));
      book.advance(LOCAL, liar, true, Set.of(standing(1, mine)), now);
    }
    assertThat(held).as("addresses in two hours").hasSizeBetween(2, 9);
  }

  private static Holding standing(int host, Overlay overlay) {
    Prefix prefix = Prefix.parse(overlay.address().getHostAddress() + "/32");
    return new Holding(Conflict.ClaimKind.OVERLAY, Worlds.id(host), Worlds.VNI, prefix);
  }

  @Test
  void aFullSubnetIsAProblemNotACrash() {
    LocalState tiny = vni(new LocalVni(Worlds.VNI, Prefix.parse("10.1.1.0/30"), null));
    ClaimBook book = new ClaimBook(SavedState.NONE, now);
    List<Problem> problems =
        advance(
            book,
            tiny,
            true,
            claiming(2, Worlds.ip("10.1.1.1"), 1),
            claiming(3, Worlds.ip("10.1.1.2"), 1));
    assertThat(problems).singleElement().extracting(Problem::code).isEqualTo("overlay-subnet-full");
    assertThat(book.claims().overlays()).isEmpty();
    assertThat(advance(book, tiny, true, claiming(2, Worlds.ip("10.1.1.1"), 1))).isEmpty();
    assertThat(book.claims().overlays()).hasSize(1);
  }

  @Test
  void aGivenAddressIsNeverExchangedForAnother() {
    LocalState pinned = vni(new LocalVni(Worlds.VNI, Worlds.OVERLAY, Worlds.ip("10.1.1.5")));
    ClaimBook book = new ClaimBook(SavedState.NONE, now);
    RemoteHost other = claiming(2, Worlds.ip("10.1.1.5"), 1);
    assertThat(advance(book, pinned, true, other)).isEmpty();
    assertThat(advance(book, pinned, true, other))
        .singleElement()
        .extracting(Problem::code)
        .isEqualTo("overlay-conflict");
    assertThat(book.claims().overlay(Worlds.VNI).orElseThrow().address())
        .isEqualTo(Worlds.ip("10.1.1.5"));
  }

  @Test
  void hostsThatStartTogetherEndWithDifferentAddresses() {
    LocalState tiny = vni(new LocalVni(Worlds.VNI, Prefix.parse("10.1.1.0/29"), null));
    List<ClaimBook> books = new ArrayList<>();
    for (int host = 1; host <= 6; host++) {
      books.add(new ClaimBook(SavedState.NONE, now));
    }
    now += Duration.ofSeconds(1).toNanos();
    for (int round = 0; round < 20; round++) {
      List<RemoteHost> peers = new ArrayList<>();
      for (int host = 1; host <= 6; host++) {
        int number = host;
        books
            .get(host - 1)
            .claims()
            .overlay(Worlds.VNI)
            .ifPresent(it -> peers.add(claiming(number, it.address(), it.lamport())));
      }
      for (int host = 1; host <= 6; host++) {
        int number = host;
        books
            .get(host - 1)
            .advance(
                as(number, tiny),
                peers.stream().filter(peer -> !peer.id().equals(Worlds.id(number))).toList(),
                true,
                Set.of(),
                now);
      }
      now += Duration.ofSeconds(3).toNanos();
    }
    assertThat(books.stream().map(it -> it.claims().overlay(Worlds.VNI).orElseThrow().address()))
        .doesNotHaveDuplicates();
  }

  /** What a host claimed alone has the lowest number of all, and must not win by it. */
  @Test
  void aHostThatWasCutOffGivesWayToWhoHasThePrefix() {
    ClaimBook book = alone();
    assertThat(book.claims().subnets()).containsEntry(NET, 1L);
    assertThat(book.kept().subnets()).as("not kept: it is provisional").isEmpty();

    now++;
    advance(book, LOCAL, true, claiming(3, Worlds.ip("10.1.1.3"), 40, "172.22.0.0/16"));
    assertThat(book.claims().subnets()).as("nobody else's").containsEntry(NET, 1L);
    assertThat(book.kept()).as("others go by it now").isEqualTo(book.claims());
    now += ClaimBook.PROBATION.toNanos() - 1;
    advance(
        book,
        LOCAL,
        true,
        claiming(3, Worlds.ip("10.1.1.3"), 40, "172.22.0.0/16"),
        claiming(2, Worlds.ip("10.1.1.2"), 41, "172.30.128.0/17"));
    assertThat(book.claims().subnets()).as("behind the owner").containsEntry(NET, 42L);
    assertThat(book.lamport()).isEqualTo(42);
    assertThat(book.kept().subnets()).containsEntry(NET, 42L);
  }

  @Test
  void aClaimThatNobodyDisputedInTimeStands() {
    ClaimBook book = alone();
    RemoteHost other = claiming(3, Worlds.ip("10.1.1.3"), 40, "172.22.0.0/16");
    now++;
    advance(book, LOCAL, true, other);
    assertThat(book.deadline(LOCAL)).contains(now + ClaimBook.PROBATION.toNanos());
    now += ClaimBook.PROBATION.toNanos();
    advance(book, LOCAL, true, other);
    assertThat(book.kept().subnets()).containsEntry(NET, 1L);
    assertThat(book.deadline(LOCAL)).isEmpty();

    advance(book, LOCAL, true, claiming(2, Worlds.ip("10.1.1.2"), 41, "172.30.0.0/16"));
    assertThat(book.claims().subnets()).as("the owner's").containsEntry(NET, 1L);
  }

  /** Its routes lead here: a restart of this host meanwhile must not begin without the claim. */
  @Test
  void aPeerThatRestartsStillGoesByTheClaims() {
    ClaimBook book = alone();
    now++;
    advance(book, LOCAL, true, claiming(3, Worlds.ip("10.1.1.3"), 40, "172.22.0.0/16"));
    RemoteHost away = Worlds.peer(3, MemberState.RESTARTING, Worlds.record(3, 40, "172.22.0.0/16"));
    now++;
    advance(book, LOCAL, true, away);
    assertThat(book.kept()).isEqualTo(book.claims());
    assertThat(book.kept().subnets()).containsEntry(NET, 1L);

    ClaimBook unmet = alone();
    advance(unmet, LOCAL, true, away);
    assertThat(unmet.kept().subnets()).as("known from the last run only").isEmpty();
  }

  /** The host that is alone is found by one that wants the same, which then knows who has it. */
  @Test
  void whoComesLaterSaysSoAndDisplacesNobody() {
    ClaimBook late = new ClaimBook(SavedState.NONE, now);
    advance(late, LOCAL, true, claiming(2, Worlds.ip("10.1.1.2"), 1, "172.30.128.0/17"));
    assertThat(late.claims().subnets()).containsEntry(NET, 2L);
    assertThat(late.claims().contested()).containsExactly(NET);

    ClaimBook owner = alone();
    now++;
    advance(owner, LOCAL, true, contesting(2, 2));
    assertThat(owner.claims().subnets()).as("its own").containsEntry(NET, 1L);
    assertThat(owner.claims().contested()).isEmpty();
    advance(
        owner,
        LOCAL,
        true,
        contesting(2, 2),
        claiming(3, Worlds.ip("10.1.1.3"), 9, "172.30.0.0/16"));
    assertThat(owner.claims().subnets()).as("behind who knew of nobody").containsEntry(NET, 10L);
    assertThat(owner.claims().contested()).containsExactly(NET);
  }

  @Test
  void theDeadObjectToNothing() {
    ClaimBook book = alone();
    RemoteHost dead = Worlds.peer(2, MemberState.FAILED, Worlds.record(2, 9, "172.30.0.0/16"));
    now += 2 * ClaimBook.PROBATION.toNanos();
    advance(book, LOCAL, true, dead);
    assertThat(book.claims().subnets()).containsEntry(NET, 1L);
    assertThat(book.kept().subnets()).as("still alone").isEmpty();
  }

  private ClaimBook alone() {
    ClaimBook book = new ClaimBook(SavedState.NONE, now);
    now += ClaimBook.PATIENCE.toNanos();
    advance(book, LOCAL, false);
    return book;
  }

  private List<Problem> advance(
      ClaimBook book, LocalState local, boolean settled, RemoteHost... peers) {
    return book.advance(local, List.of(peers), settled, Set.of(), now);
  }

  private ClaimBook saved(Overlay overlay, long lamport) {
    return new ClaimBook(
        new SavedState(lamport, List.of(overlay), Map.of(), List.of(), List.of()), now);
  }

  private static RemoteHost claiming(
      int host, InetAddress overlay, long lamport, String... prefixes) {
    return Worlds.peer(
        host,
        MemberState.ALIVE,
        Worlds.record(9, "192.0.2.9", overlay.getHostAddress(), lamport, prefixes));
  }

  private static RemoteHost contesting(int host, long lamport) {
    HostRecord record = Worlds.record(host, lamport);
    Subnet subnet = new Subnet(NET, Worlds.VNI, "net", "stack", null, lamport, true);
    return Worlds.peer(
        host,
        MemberState.ALIVE,
        new HostRecord(
            record.node(),
            record.version(),
            record.underlay(),
            record.vxlanPort(),
            record.overlays(),
            List.of(subnet)));
  }

  private static LocalState vni(LocalVni vni) {
    return new LocalState(
        LOCAL.self(),
        LOCAL.node(),
        LOCAL.version(),
        LOCAL.underlay(),
        LOCAL.vxlanPort(),
        List.of(vni),
        List.of(),
        LOCAL.options());
  }

  private static LocalState as(int host, LocalState local) {
    return new LocalState(
        Worlds.id(host),
        local.node(),
        local.version(),
        local.underlay(),
        local.vxlanPort(),
        local.vnis(),
        local.networks(),
        local.options());
  }
}
