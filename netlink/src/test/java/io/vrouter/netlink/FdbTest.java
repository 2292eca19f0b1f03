package io.vrouter.netlink;

import static io.vrouter.netlink.Fixture.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.netlink.route.FdbCodec;
import io.vrouter.netlink.route.FdbEntry;
import io.vrouter.netlink.route.FdbRequests;
import io.vrouter.netlink.route.LinkChange;
import io.vrouter.netlink.route.MacAddress;
import io.vrouter.netlink.route.Vxlan;
import io.vrouter.netlink.wire.Errno;
import io.vrouter.netlink.wire.Ndm;
import io.vrouter.netlink.wire.Netlink;
import io.vrouter.netlink.wire.Request;
import io.vrouter.netlink.wire.Rtnetlink;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The FDB of a VXLAN device as both kernels know it: each surprise of its driver has a test. */
class FdbTest extends KernelContract {
  private static final MacAddress VTEP = MacAddress.parse("02:00:00:00:00:0a");
  private static final String ZERO = "00:00:00:00:00:00 ";

  @Test
  void appendedFloodEntriesAddUpAndADuplicateIsASilentSuccess() {
    Fixture on = fixture();
    on.netlink.request(FdbRequests.append(FdbEntry.flood(on.dev, PEER)));
    on.netlink.request(FdbRequests.append(FdbEntry.flood(on.dev, OTHER)));
    on.netlink.request(FdbRequests.append(FdbEntry.flood(on.dev, OTHER)));
    assertThat(on.fdb()).containsExactlyInAnyOrder(ZERO + "192.0.2.2*", ZERO + "192.0.2.3*");
    assertThat(on.netlink.fdb(on.dev).entries()).hasSize(2);
  }

  @Test
  void anExclusiveFloodEntryIsRefusedWhateverItsDestination() {
    Fixture on = fixture();
    on.netlink.request(FdbRequests.add(FdbEntry.flood(on.dev, PEER)));
    assertThat(on.errno(FdbRequests.add(FdbEntry.flood(on.dev, PEER)))).isEqualTo(Errno.EEXIST);
    assertThat(on.errno(FdbRequests.add(FdbEntry.flood(on.dev, OTHER)))).isEqualTo(Errno.EEXIST);
    int appendExcl = Netlink.NLM_F_CREATE | Netlink.NLM_F_APPEND | Netlink.NLM_F_EXCL;
    assertThat(on.errno(raw(appendExcl, FdbEntry.flood(on.dev, PEER)))).isEqualTo(Errno.EEXIST);
  }

  @Test
  void creatingWithoutAppendIsASuccessThatAddsNothing() {
    Fixture on = fixture();
    on.netlink.request(FdbRequests.append(FdbEntry.flood(on.dev, PEER)));
    assertThat(on.errno(raw(Netlink.NLM_F_CREATE, FdbEntry.flood(on.dev, OTHER)))).isZero();
    assertThat(on.fdb()).containsExactly(ZERO + "192.0.2.2*");
  }

  @Test
  void aFloodEntryCantBeReplaced() {
    Fixture on = fixture();
    on.netlink.request(FdbRequests.append(FdbEntry.flood(on.dev, PEER)));
    Request replace = FdbRequests.replace(FdbEntry.flood(on.dev, OTHER));
    assertThat(on.errno(replace)).isEqualTo(Errno.EOPNOTSUPP);
    assertThat(on.kernelMessage(replace)).isEqualTo("Cannot replace non-unicast fdb entries");
    assertThat(on.fdb()).containsExactly(ZERO + "192.0.2.2*");
  }

  @Test
  void aFloodEntryCantBeMadeByReplaceEither() {
    Fixture on = fixture();
    assertThat(on.errno(FdbRequests.replace(FdbEntry.flood(on.dev, PEER))))
        .isEqualTo(Errno.EOPNOTSUPP);
    assertThat(on.fdb()).isEmpty();
  }

  @Test
  void aSecondDestinationOfAUnicastAddressIsSilentlyIgnored() {
    Fixture on = fixture();
    on.netlink.request(FdbRequests.replace(FdbEntry.permanent(on.dev, VTEP, PEER)));
    int append = Netlink.NLM_F_CREATE | Netlink.NLM_F_APPEND;
    assertThat(on.errno(raw(append, FdbEntry.permanent(on.dev, VTEP, OTHER)))).isZero();
    assertThat(on.fdb()).containsExactly(VTEP + " 192.0.2.2*");
  }

  @Test
  void replaceMovesAUnicastAddress() {
    Fixture on = fixture();
    on.netlink.request(FdbRequests.replace(FdbEntry.permanent(on.dev, VTEP, PEER)));
    on.netlink.request(FdbRequests.replace(FdbEntry.permanent(on.dev, VTEP, OTHER)));
    assertThat(on.fdb()).containsExactly(VTEP + " 192.0.2.3*");
    on.netlink.request(FdbRequests.replace(dynamic(on, VTEP, OTHER)));
    assertThat(on.fdb()).containsExactly(VTEP + " 192.0.2.3");
  }

  @Test
  void deletingAnAbsentDestinationIsASuccessWhileTheAddressIsThere() {
    Fixture on = fixture();
    assertThat(on.errno(FdbRequests.delete(FdbEntry.flood(on.dev, PEER)))).isEqualTo(Errno.ENOENT);
    on.netlink.request(FdbRequests.append(FdbEntry.flood(on.dev, PEER)));
    assertThat(on.errno(FdbRequests.delete(FdbEntry.flood(on.dev, OTHER)))).isZero();
    assertThat(on.fdb()).containsExactly(ZERO + "192.0.2.2*");
    assertThat(on.errno(FdbRequests.delete(FdbEntry.flood(on.dev, PEER)))).isZero();
    assertThat(on.fdb()).isEmpty();
    assertThat(on.errno(FdbRequests.delete(FdbEntry.flood(on.dev, PEER)))).isEqualTo(Errno.ENOENT);
  }

  @Test
  void deletingOneOfSeveralDestinationsLeavesTheOthers() {
    Fixture on = fixture();
    on.netlink.request(FdbRequests.append(FdbEntry.flood(on.dev, PEER)));
    on.netlink.request(FdbRequests.append(FdbEntry.flood(on.dev, OTHER)));
    on.netlink.request(FdbRequests.delete(FdbEntry.flood(on.dev, PEER)));
    assertThat(on.fdb()).containsExactly(ZERO + "192.0.2.3*");
  }

  @Test
  void deletingWithoutADestinationTakesEveryFloodPeerAway() {
    Fixture on = fixture();
    on.netlink.request(FdbRequests.append(FdbEntry.flood(on.dev, PEER)));
    on.netlink.request(FdbRequests.append(FdbEntry.flood(on.dev, OTHER)));
    FdbEntry none =
        new FdbEntry(on.dev, MacAddress.ZERO, null, 0xc0, Ndm.NTF_SELF, 0, 0, 0, 0, List.of());
    Request raw = new Request("raw", Rtnetlink.RTM_DELNEIGH, 0, FdbCodec.encode(none));
    assertThat(on.errno(raw)).isZero();
    assertThat(on.fdb()).isEmpty();
  }

  @Test
  void aLinkThatGoesDownKeepsPermanentEntriesOnly() {
    Fixture on = fixture().up();
    on.netlink.request(FdbRequests.append(FdbEntry.flood(on.dev, PEER)));
    on.netlink.request(FdbRequests.replace(FdbEntry.permanent(on.dev, VTEP, PEER)));
    on.netlink.request(FdbRequests.replace(dynamic(on, MAC, PEER)));
    on.netlink.request(LinkChange.of(on.dev).down().request());
    assertThat(on.fdb()).containsExactlyInAnyOrder(ZERO + "192.0.2.2*", VTEP + " 192.0.2.2*");
  }

  @Test
  void theLimitCountsPermanentEntriesToo() {
    Fixture on = fixture();
    int dev = on.createVxlan("vx1", Vxlan.of(2000, LOCAL, 4789).withLimit(2));
    on.netlink.request(FdbRequests.append(FdbEntry.flood(dev, PEER)));
    on.netlink.request(FdbRequests.append(FdbEntry.flood(dev, OTHER)));
    on.netlink.request(FdbRequests.replace(FdbEntry.permanent(dev, MAC, PEER)));
    assertThat(on.errno(FdbRequests.replace(FdbEntry.permanent(dev, VTEP, PEER))))
        .isEqualTo(Errno.ENOSPC);
  }

  @Test
  void anotherFamilysDestinationIsRefused() {
    Fixture on = fixture();
    assertThat(on.errno(FdbRequests.append(FdbEntry.flood(on.dev, ip("2001:db8::2")))))
        .isEqualTo(Errno.EAFNOSUPPORT);
  }

  @Test
  void overIpv6TheDestinationsAreIpv6() {
    Fixture on = fixture();
    int dev = on.createVxlan("vx6", Vxlan.of(2000, ip("2001:db8::1"), 4789));
    on.netlink.request(FdbRequests.append(FdbEntry.flood(dev, ip("2001:db8::2"))));
    on.netlink.request(FdbRequests.replace(FdbEntry.permanent(dev, VTEP, ip("2001:db8::2"))));
    assertThat(on.netlink.fdb(dev).entries())
        .extracting(FdbEntry::dst)
        .containsExactly(ip("2001:db8::2"), ip("2001:db8::2"));
  }

  @Test
  void anAbsentLinkIsToldApartFromAnAbsentEntry() {
    Fixture on = fixture();
    assertThat(on.errno(FdbRequests.replace(FdbEntry.permanent(999, VTEP, PEER))))
        .isEqualTo(Errno.ENODEV);
    assertThat(on.errno(FdbRequests.delete(FdbEntry.permanent(999, VTEP, PEER))))
        .isEqualTo(Errno.ENODEV);
  }

  @Test
  void manyEntriesAreDumpedWhole() {
    Fixture on = fixture();
    List<Request> requests = new ArrayList<>();
    for (int i = 1; i <= 3000; i++) {
      requests.add(
          FdbRequests.replace(
              FdbEntry.permanent(on.dev, new MacAddress(0x0200_0000_0000L + i), PEER)));
    }
    assertThat(on.netlink.batch(requests)).allMatch(Outcome::ok);
    assertThat(on.fdb()).hasSize(3000);
    assertThat(on.netlink.fdb().entries()).hasSizeGreaterThanOrEqualTo(3000);
  }

  private static FdbEntry dynamic(Fixture on, MacAddress mac, InetAddress dst) {
    return FdbEntry.permanent(on.dev, mac, dst).withState(Ndm.NUD_REACHABLE);
  }

  private static Request raw(int flags, FdbEntry entry) {
    return new Request("raw", Rtnetlink.RTM_NEWNEIGH, flags, FdbCodec.encode(entry));
  }
}
