package io.vrouter.mesh.trial;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.Addresses;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PairLanesTest {
  private static Site site(int vni, String address) {
    return new Site(vni, Addresses.parse(address), 7_953);
  }

  @Test
  void networksOfAVniMeetAndOthersStayApart() {
    Site a = site(1000, "172.30.0.1");
    Site b = site(1000, "172.31.0.1");
    Site c = site(2000, "172.22.0.1");
    Site apart = site(0, "172.17.0.1");
    Site six = site(1000, "fd00::1");
    List<Lane> lanes = PairLanes.of(List.of(a, c), List.of(b, apart, six));
    assertThat(lanes)
        .containsExactly(
            new Lane(a, b, true),
            new Lane(a, apart, false),
            new Lane(c, b, false),
            new Lane(c, apart, false));
  }

  @Test
  void twoNetworksOutsideTheMeshAreNobodysBusiness() {
    assertThat(PairLanes.of(List.of(site(0, "172.17.0.1")), List.of(site(0, "172.18.0.1"))))
        .isEmpty();
  }

  @Test
  void whatDoesNotFitIsLeftOutFromTheEnd() {
    List<Site> many = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      many.add(site(i % 2 == 0 ? 0 : 1000, "172.16.%d.%d".formatted(i / 250, i % 250 + 1)));
    }
    List<Site> fitting = PairLanes.fitting(many);
    assertThat(fitting).hasSizeLessThanOrEqualTo(PairLanes.MOST_OCTETS / 10);
    assertThat(fitting).allMatch(Site::isOpen);
    assertThat(PairLanes.of(fitting, fitting)).hasSizeLessThanOrEqualTo(2 * PairLanes.MOST);
    assertThat(TrialMessage.encode(new TrialMessage.Open(1, 1_450, fitting)).length())
        .isLessThan(TrialMessage.MOST);
  }
}
