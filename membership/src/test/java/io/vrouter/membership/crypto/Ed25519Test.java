package io.vrouter.membership.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.Bytes;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The vectors of RFC 8032, section 7.1, and what isn't a signature. */
class Ed25519Test {
  private static final String PUBLIC =
      "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
  private static final String SIGNATURE =
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b";

  private final Ed25519Verifier verifier = new Ed25519Verifier();

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      textBlock =
          """
          9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60, d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a, -, e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b
          4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb, 3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c, 72, 92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00
          c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7, fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025, af82, 6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a
          """)
  void signsAndVerifiesAsTheStandardSays(
      String seed, String publicKey, String message, String signature) {
    byte[] text = message == null ? new byte[0] : hex(message);
    assertThat(Ed25519.sign(hex(seed), text)).isEqualTo(hex(signature));
    assertThat(Ed25519.publicKey(hex(seed))).isEqualTo(hex(publicKey));
    assertThat(verifier.verify(bytes(publicKey), Bytes.of(text), bytes(signature))).isTrue();
  }

  @Test
  void aChangedBitIsNoSignature() {
    byte[] signature = hex(SIGNATURE);
    for (int bit = 0; bit < signature.length * 8; bit += 3) {
      byte[] changed = signature.clone();
      changed[bit / 8] ^= (byte) (1 << (bit % 8));
      assertThat(verifier.verify(bytes(PUBLIC), Bytes.EMPTY, Bytes.of(changed)))
          .as("bit %d", bit)
          .isFalse();
    }
  }

  @Test
  void whatIsNoKeyAtAllIsFalseAndNoException() {
    Random random = new Random(7);
    for (int i = 0; i < 300; i++) {
      byte[] key = new byte[i % 3 == 0 ? random.nextInt(40) : 32];
      random.nextBytes(key);
      if (i % 5 == 0) {
        Arrays.fill(key, (byte) 0xff);
      }
      assertThat(verifier.verify(Bytes.of(key), Bytes.EMPTY, bytes(SIGNATURE))).isFalse();
    }
    assertThat(verifier.verify(bytes(PUBLIC), Bytes.EMPTY, Bytes.EMPTY)).isFalse();
  }

  @Test
  void anIdIsTheFirst128BitsOfTheKeysHash() {
    assertThat(verifier.idOf(bytes(PUBLIC)).toString())
        .isEqualTo("21fe31dfa154a261626bf854046fd227");
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text);
  }

  private static Bytes bytes(String text) {
    return Bytes.of(hex(text));
  }
}
