package io.vrouter.mesh.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SeedTest {
  @Test
  void forms() {
    assertThat(Seed.parse("10.0.0.1", 7950)).isEqualTo(new Seed("10.0.0.1", 7950));
    assertThat(Seed.parse("tera:99", 7950)).isEqualTo(new Seed("tera", 99));
    assertThat(Seed.parse("fd00::1", 7950)).isEqualTo(new Seed("fd00::1", 7950));
    assertThat(Seed.parse("[fd00::1]:99", 7950)).hasToString("[fd00::1]:99");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        "a:",
        "a:0",
        "a b",
        "10.0.0",
        "10.0.0.256",
        "[fd00::1",
        "[a]:1",
        "-a",
        "a/b"
      })
  void refused(String text) {
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
}
