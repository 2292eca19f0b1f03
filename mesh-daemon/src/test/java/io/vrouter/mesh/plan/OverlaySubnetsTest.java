package io.vrouter.mesh.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vni;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OverlaySubnetsTest {
  private static final Prefix BASE = Prefix.parse("10.1.1.0/24");
  private static final Vni BASE_VNI = new Vni(1000);

  @ParameterizedTest
  @CsvSource({
    "10.1.1.0/24, 1000, 10.1.1.0/24",
    "10.1.1.0/24, 1001, 10.1.2.0/24",
    "10.1.1.0/24, 999, 10.1.0.0/24",
    "10.1.1.0/24, 1255, 10.2.0.0/24",
    "10.1.1.0/24, 1, 10.125.26.0/24",
    "192.168.0.0/16, 1001, 192.169.0.0/16",
    "fd00:1::/64, 1001, fd00:1:0:1::/64"
  })
  void eachVniHasItsPlace(String base, int vni, String expected) {
    assertThat(OverlaySubnets.of(Prefix.parse(base), BASE_VNI, new Vni(vni)))
        .isEqualTo(Prefix.parse(expected));
  }

  @Property
  void theyStayClearOfTheDefaultPool(@ForAll @IntRange(min = 1, max = 0xFFFFFF) int vni) {
    Prefix subnet = OverlaySubnets.of(BASE, BASE_VNI, new Vni(vni));
    assertThat(subnet.overlaps(Prefix.parse("10.128.0.0/10"))).isFalse();
    assertThat(Prefix.parse("10.0.0.0/9").contains(subnet)).isTrue();
  }
}
