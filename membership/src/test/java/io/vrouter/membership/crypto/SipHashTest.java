package io.vrouter.membership.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The reference implementation's vectors (vectors.h, little-endian): key 00…0f, input 00, 01, … */
class SipHashTest {
  private final SipHash hash = new SipHash(octets(SipHash.KEY_LENGTH));

  private static byte[] octets(int count) {
    byte[] octets = new byte[count];
    for (int i = 0; i < count; i++) {
      octets[i] = (byte) i;
    }
    return octets;
  }

  @ParameterizedTest
  @CsvSource({
    "0, 726fdb47dd0e0e31",
    "1, 74f839c593dc67fd",
    "7, ab0200f58b01d137",
    "8, 93f5f5799a932462",
    "15, a129ca6149be45e5",
    "63, 958a324ceb064572"
  })
  void vectors(int length, String expected) {
    assertThat(Long.toHexString(hash.of(ByteBuffer.wrap(octets(length))))).isEqualTo(expected);
  }

  @Test
  void leavesThePosition() {
    ByteBuffer message = ByteBuffer.wrap(octets(20)).position(3);
    hash.of(message);
    assertThat(message.position()).isEqualTo(3);
    assertThat(hash.of(message)).isEqualTo(hash.of(message.slice()));
  }
}
