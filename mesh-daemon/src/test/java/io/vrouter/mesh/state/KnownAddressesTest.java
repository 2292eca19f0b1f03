package io.vrouter.mesh.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.Addresses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KnownAddressesTest {
  @TempDir Path dir;

  @Test
  void nothingKeptIsNothingKnown() {
    assertThat(new KnownAddresses(dir).underlay()).isEmpty();
    assertThat(new KnownAddresses(dir).peers()).isEmpty();
  }

  @Test
  void theUnderlayIsKept() {
    new KnownAddresses(dir).keep(Addresses.parse("192.168.200.1"));
    assertThat(new KnownAddresses(dir).underlay()).hasValue(Addresses.parse("192.168.200.1"));
  }

  @Test
  void peersOfBothFamiliesAreReadFromMembershipsFile() throws IOException {
    Files.writeString(
        dir.resolve("peers"), "vrouter-peers 1\n192.168.200.2:7950\n[2001:db8::2]:7950\n");
    assertThat(new KnownAddresses(dir).peers())
        .containsExactly(Addresses.parse("192.168.200.2"), Addresses.parse("2001:db8::2"));
  }
}
