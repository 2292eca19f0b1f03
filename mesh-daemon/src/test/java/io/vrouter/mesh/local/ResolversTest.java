package io.vrouter.mesh.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.Addresses;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResolversTest {
  @Test
  void nameServersAreReadAndTheRestIsSkipped() {
    assertThat(
            Resolvers.parse(
                List.of(
                    "# nameserver 9.9.9.9",
                    "nameserver 192.168.1.1",
                    "  nameserver\tfd00::53%eth0 # home",
                    "nameserver",
                    "nameserver not-an-address",
                    "search example.org")))
        .containsExactlyInAnyOrder(Addresses.parse("192.168.1.1"), Addresses.parse("fd00::53"));
  }

  @Test
  void noFileIsNoResolver() {
    assertThat(Resolvers.of(Path.of("/nonexistent/resolv.conf"))).isEmpty();
  }
}
