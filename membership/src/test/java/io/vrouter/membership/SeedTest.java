package io.vrouter.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
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
    Seed seed = new Seed(host, port);
    assertThat(Seed.parse(text, 7950)).isEqualTo(seed);
    assertThat(Seed.parse(seed.toString(), 1)).isEqualTo(seed);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        ":",
        "a:",
        "host:",
        "a:0",
        "host:70000",
        "a b",
        "10.0.0",
        "10.0.0.256",
        "[fd00::1",
        "[a]:1",
        "-a",
        "a/b",
        "http://host",
        " host",
        "fe80::1%eth0"
      })
  void refuses(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Seed.parse(text, 7950));
  }

  @Property
  void nothingButTheTypedErrorIsThrown(
      @ForAll
          @StringLength(max = 40)
          @CharRange(from = '0', to = '9')
          @Chars({':', '.', '[', ']', 'a', '%', '/'})
          String text) {
    try {
      Seed seed = Seed.parse(text, 7950);
      assertThat(Seed.parse(seed.toString(), 1)).isEqualTo(seed);
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageContaining("'");
    }
  }

  @Test
  void aNameIsNoAddressAndIsNotLookedUp() {
    assertThat(new Seed("localhost", 1).address()).isNull();
    assertThat(new Seed("192.0.2.1", 1).address()).hasToString("/192.0.2.1");
    assertThat(new Seed("::1", 1).address()).isNotNull();
  }
}
