package io.vrouter.membership.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;

class MeshTokenTest {
  private static final String SECRET = "correct horse battery staple, twice";

  @Property(tries = 200)
  void decodesWhatItEncoded(
      @ForAll @StringLength(min = 1, max = 60) String name,
      @ForAll @Size(max = 5) List<@StringLength(min = 1, max = 40) String> seeds,
      @ForAll long seed) {
    MeshToken token = MeshToken.create(name, seeds, new Random(seed));
    MeshToken back = MeshToken.parse(" " + token.encode() + "\n");
    assertThat(back.fingerprint()).isEqualTo(token.fingerprint());
    assertThat(back.seeds()).hasSameSizeAs(seeds);
    assertThat(back.encode()).isEqualTo(token.encode());
  }

  @Property(tries = 300)
  void oneChangedCharacterIsAnErrorThatDoesNotShowTheToken(@ForAll long seed) {
    Random random = new Random(seed);
    String text = MeshToken.create("prod", List.of("10.0.0.1"), random).encode();
    int at = MeshToken.PREFIX.length() + random.nextInt(text.length() - 5);
    String other = text.charAt(at) == 'A' ? "B" : "A";
    String changed = text.substring(0, at) + other + text.substring(at + 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MeshToken.parse(changed))
        .withMessageContaining("begins like a mesh token")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain(changed.substring(10)));
  }

  @Example
  void aTokenCutOffSaysSo() {
    String text = MeshToken.create("prod", List.of(), new Random(1)).encode();
    for (int length = MeshToken.PREFIX.length(); length < text.length(); length++) {
      String cut = text.substring(0, length);
      assertThatIllegalArgumentException().isThrownBy(() -> MeshToken.parse(cut));
    }
  }

  @Example
  void anyOtherSecretOf32CharactersWillDo() {
    MeshToken token = MeshToken.parse(SECRET);
    assertThat(token.clusterName()).isEqualTo("mesh");
    assertThat(token.seeds()).isEmpty();
    assertThat(token).isEqualTo(MeshToken.parse(SECRET + "\n"));
    assertThat(token.fingerprint()).isNotEqualTo(MeshToken.parse(SECRET + "!").fingerprint());
  }

  @Example
  void aShortSecretIsRefusedWithItsLengthAndWithoutItself() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MeshToken.parse("hunter2"))
        .withMessageContaining("this has 7")
        .withMessageContaining("32")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("hunter2"));
    assertThat(MeshToken.parse("€".repeat(32))).isNotNull();
    assertThatIllegalArgumentException().isThrownBy(() -> MeshToken.parse("€".repeat(31)));
  }

  @Example
  void nothingThatPrintsGivesTheSecretAway() {
    MeshToken token = MeshToken.create("prod", List.of("10.0.0.1"), new Random(3));
    Keyring keyring = SharedKeys.of(token, new SeededSigner(1), () -> 0).keyring();
    String body = token.encode().substring(8, 40);
    assertThat(token.toString() + keyring + token.fingerprint()).doesNotContain(body);
    assertThat(token.toString()).isEqualTo("MeshToken[prod " + token.fingerprint() + "]");
    assertThat(keyring.toString()).contains("EpochKey[");
  }

  @Example
  void theNameIsPartOfTheKey() {
    MeshToken a = MeshToken.create("a", List.of(), new Random(1));
    MeshToken b = MeshToken.create("b", List.of(), new Random(1));
    assertThat(a.admission().id()).isNotEqualTo(b.admission().id());
  }
}
