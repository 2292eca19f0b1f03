package io.vrouter.membership.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.Addresses;
import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.crypto.SessionTable.SessionKeys;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class SessionTableTest {
  private static final SecretKey KEY = new SecretKeySpec(new byte[32], "AES");
  private static final long LATER = Cookies.LIFETIME + 1;

  private static InetAddress host(int number) {
    return Addresses.of((byte) 192, (byte) 0, (byte) (number >> 8), (byte) number);
  }

  private static SessionTable.Id id(int host, long salt) {
    return new SessionTable.Id(new Salt(0, salt), new InetSocketAddress(host(host), 7950));
  }

  private static SessionKeys keys(long node) {
    return new SessionKeys(new NodeId(0, node), Bytes.EMPTY, epoch -> KEY, epoch -> KEY);
  }

  @Test
  void anAddressHasItsQuotaAndItsLeastRecentlyHeardSessionGoesFirst() {
    SessionTable table = new SessionTable(100, 4);
    assertThat(table.admit(id(9, 0), keys(0), 1, 0)).isTrue();
    for (int i = 1; i <= 4; i++) {
      assertThat(table.admit(id(1, i), keys(i), 1, i)).isTrue();
    }
    Objects.requireNonNull(table.find(id(1, 1))).accept(2, 5);
    assertThat(table.admit(id(1, 5), keys(5), 1, 6)).isTrue();
    assertThat(table.size()).isEqualTo(5);
    assertThat(table.find(id(1, 1))).isNotNull();
    assertThat(table.find(id(1, 2))).isNull();
    assertThat(table.find(id(9, 0))).as("another address").isNotNull();
  }

  @Test
  void aDisplacedSessionIsNotAdmittedWhileACookieOfItMayBeValid() {
    SessionTable table = new SessionTable(100, 1);
    table.admit(id(1, 1), keys(1), 1, 0);
    table.admit(id(1, 2), keys(1), 1, 0);
    assertThat(table.admit(id(1, 1), keys(1), 1, Cookies.LIFETIME)).isFalse();
    assertThat(table.admit(id(1, 1), keys(1), 1, LATER)).isTrue();
  }

  @Test
  void lookingASessionUpDoesNotKeepIt() {
    SessionTable table = new SessionTable(100, 2);
    table.admit(id(1, 1), keys(1), 1, 0);
    table.admit(id(1, 2), keys(1), 1, 1);
    assertThat(table.find(id(1, 1))).isNotNull();
    table.admit(id(1, 3), keys(1), 1, 2);
    assertThat(table.find(id(1, 1))).as("found, and never heard").isNull();
  }

  @Test
  void aSessionThatIsThereStaysAsItIs() {
    SessionTable table = new SessionTable(100, 2);
    table.admit(id(1, 1), keys(1), 1, 0);
    Objects.requireNonNull(table.find(id(1, 1))).accept(5, 0);
    assertThat(table.admit(id(1, 1), keys(1), 1, 0)).isTrue();
    assertThat(Objects.requireNonNull(table.find(id(1, 1))).seen(5)).isTrue();
  }

  @Test
  void fullOfFreshStrangersItStillHasRoomForMembers() {
    SessionTable table = new SessionTable(8, 4);
    table.reserve(address -> address.equals(host(1)) || address.equals(host(2)));
    int strangers = 0;
    for (int i = 0; i < 20; i++) {
      strangers += table.admit(id(100 + i, i), keys(i), 1, 0) ? 1 : 0;
    }
    assertThat(strangers).isEqualTo(6);
    assertThat(table.admit(id(1, 1), keys(1), 1, 0)).isTrue();
    assertThat(table.admit(id(1, 2), keys(1), 1, 0)).isTrue();
    assertThat(table.size()).isEqualTo(8);
    assertThat(table.admit(id(2, 1), keys(2), 1, 0)).as("in a stranger's place").isTrue();
    assertThat(table.size()).isEqualTo(8);
    assertThat(table.admit(id(200, 1), keys(3), 1, Cookies.LIFETIME)).isFalse();
    assertThat(table.admit(id(200, 1), keys(3), 1, LATER)).as("in a silent one's").isTrue();
    assertThat(table.find(id(1, 1))).isNotNull();
    assertThat(table.find(id(2, 1))).isNotNull();
  }

  @Test
  void aNodesSessionsEndTogether() {
    SessionTable table = new SessionTable(100, 4);
    table.admit(id(1, 1), keys(7), 1, 0);
    table.admit(id(2, 1), keys(7), 1, 0);
    table.admit(id(2, 2), keys(8), 1, 0);
    assertThat(table.hasOther(host(2), new NodeId(0, 7))).isTrue();
    assertThat(table.hasOther(host(1), new NodeId(0, 7))).isFalse();
    table.end(new NodeId(0, 7), 0);
    assertThat(table.size()).isEqualTo(1);
    assertThat(table.wasDisplaced(id(1, 1), 0)).isTrue();
  }
}
