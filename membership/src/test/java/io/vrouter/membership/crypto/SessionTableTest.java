package io.vrouter.membership.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.Objects;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class SessionTableTest {
  private static final InetSocketAddress SOURCE = new InetSocketAddress("192.0.2.1", 7950);
  private static final SecretKey KEY = new SecretKeySpec(new byte[32], "AES");

  private final SessionTable table = new SessionTable();

  private static SessionTable.Id id(long n) {
    return new SessionTable.Id(1, new Salt(0, n), SOURCE);
  }

  @Test
  void fullOfFreshSessionsItAdmitsNoneAndForgetsTheOldestLater() {
    for (int i = 0; i < SessionTable.CAPACITY; i++) {
      assertThat(table.admit(id(i), KEY, 1, 0)).isTrue();
    }
    assertThat(table.admit(id(-1), KEY, 1, Cookies.LIFETIME)).isFalse();
    Objects.requireNonNull(table.find(id(0))).accept(2, Cookies.LIFETIME);
    assertThat(table.admit(id(-1), KEY, 1, Cookies.LIFETIME + 1)).isTrue();
    assertThat(table.size()).isEqualTo(SessionTable.CAPACITY);
    assertThat(table.find(id(0))).isNotNull();
    assertThat(table.find(id(1))).isNull();
  }
}
