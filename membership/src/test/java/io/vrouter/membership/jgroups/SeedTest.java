package io.vrouter.membership.jgroups;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SeedTest {
  @ParameterizedTest
  @CsvSource({
    "192.0.2.1, 192.0.2.1, 7950",
    "192.0.2.1:80, 192.0.2.1, 80",
    "host-1.example.org, host-1.example.org, 7950",
    "host:65535, host, 65535",
    "[2001:db8::1], 2001:db8::1, 7950",
    "[2001:db8::1]:80, 2001:db8::1, 80",
    "2001:db8::1, 2001:db8::1, 7950",
    "::1, ::1, 7950",
  })
  void reads(String text, String host, int port) {
    assertThat(Seed.parse(text, 7950)).isEqualTo(new Seed(host, port));
    assertThat(Seed.parse(Seed.parse(text, 7950).toString(), 1)).isEqualTo(new Seed(host, port));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "host:", "host:0", "host:70000", "a b", "http://host", "[::1"})
  void refusesAndNamesTheValue(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Seed.parse(text, 7950));
  }

  @Test
  void aLiteralIsNeverLookedUp() {
    assertThat(PeersFile.literal("localhost")).isNull();
    assertThat(PeersFile.literal("192.0.2.1")).isNotNull();
    assertThat(PeersFile.literal("::1")).isNotNull();
  }
}
