package io.vrouter.mesh.trial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.vrouter.membership.Addresses;
import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeId;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TrialMessageTest {
  private static final List<Site> SITES =
      List.of(
          new Site(0xFFFFFF, Addresses.parse("172.30.0.1"), 65_535),
          new Site(0, Addresses.parse("fd00::1"), 7_953));

  static List<TrialMessage> all() {
    BitSet bits = new BitSet();
    bits.set(0);
    bits.set(799);
    Failure failure =
        new Failure(
            Addresses.parse("fd00::1"), Addresses.parse("fd01::1"), Failure.Finding.LARGE_FROM);
    PairResult result =
        new PairResult(
            new NodeId(1, 2),
            new NodeId(3, 4),
            "because ".repeat(25),
            400,
            30,
            8_950,
            180,
            10_000_000_000L,
            500,
            Collections.nCopies(PairResult.LISTED, failure));
    return List.of(
        new TrialMessage.Echo(1),
        new TrialMessage.Echoed(-1),
        new TrialMessage.Open(2, 1_450, SITES),
        new TrialMessage.Begun(3, 65_535, SITES),
        new TrialMessage.Declined(4, "busy"),
        new TrialMessage.Ask(5),
        new TrialMessage.SeenLanes(6, bits, new BitSet(), bits, 1L << 40, 300_000),
        new TrialMessage.Run(7, 65_535, true),
        new TrialMessage.PairReport(8, 3, 31, List.of(result)));
  }

  @ParameterizedTest
  @MethodSource("all")
  void comesBackAndFits(TrialMessage message) {
    Bytes octets = TrialMessage.encode(message);
    assertThat(octets.length()).isLessThanOrEqualTo(TrialMessage.MOST);
    assertThat(TrialMessage.decode(octets)).isEqualTo(message);
    for (int length = 0; length < octets.length(); length++) {
      Bytes part = octets.part(0, length);
      assertThatIllegalArgumentException().isThrownBy(() -> TrialMessage.decode(part));
    }
  }

  @Test
  void anythingElseIsRefusedWithoutHarm() {
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      byte[] octets = new byte[random.nextInt(TrialMessage.MOST)];
      random.nextBytes(octets);
      if (octets.length > 1) {
        octets[0] = TrialMessage.VERSION;
        octets[1] = (byte) random.nextInt(12);
      }
      try {
        assertThat(TrialMessage.decode(Bytes.of(octets))).isNotNull();
      } catch (IllegalArgumentException e) {
        assertThat(e).isNotNull();
      }
    }
  }
}
