package io.vrouter.membership.jgroups;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JGroupsConfigTest {
  @TempDir Path directory;
  private JGroupsConfig config;

  @BeforeEach
  void begin() throws Exception {
    JGroupsConfig any = new Loopback(directory).config("a", Loopback.TOKEN);
    config =
        JGroupsConfig.defaults(
            InetAddress.getByName("192.0.2.1"),
            any.keys(),
            any.identity(),
            any.stateDir(),
            any.probe());
  }

  @Test
  void oneNumberIsThePortOfUnicastAndOfTheGroup() {
    assertThat(config.group()).isEqualTo(new InetSocketAddress("239.192.79.50", 7950));
    assertThat(config.withPort(5000).group())
        .isEqualTo(new InetSocketAddress("239.192.79.50", 5000));
    InetSocketAddress own = new InetSocketAddress("239.192.79.51", 6000);
    assertThat(config.withGroup(own).withPort(5000).group()).isEqualTo(own);
  }

  @Test
  void theAdvertisedAddressIsToldAndTheUnderlaysBound() throws Exception {
    JGroupsConfig translated = config.withAdvertised(InetAddress.getByName("203.0.113.2"));
    assertThat(translated.self()).isEqualTo(new InetSocketAddress("203.0.113.2", 7950));
    assertThat(translated.local()).isEqualTo(new InetSocketAddress("192.0.2.1", 7950));
    assertThat(translated.own()).containsExactlyInAnyOrder(translated.self(), translated.local());
    assertThat(config.withAdvertised(config.underlay()).own()).containsExactly(config.self());
  }

  @Test
  void anAdvertisedAddressOfAnotherFamilyIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> config.withAdvertised(InetAddress.getByName("2001:db8::1")))
        .withMessageContaining("2001:db8:0:0:0:0:0:1 is of another family than 192.0.2.1");
  }
}
