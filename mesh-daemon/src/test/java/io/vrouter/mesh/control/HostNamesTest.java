package io.vrouter.mesh.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostNamesTest {
  private final HostNames loopback = new HostNames(true, "web1");
  private final HostNames outside = new HostNames(false, "web1");

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "127.0.0.1", "127.9.9.9", "[::1]", "LOCALHOST"})
  void localNamesAreAllowedAnywhere(String name) {
    assertThat(loopback.allow(name)).isTrue();
    assertThat(outside.allow(name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"192.0.2.7", "[2001:db8::7]", "web1", "WEB1", "web1.example.org"})
  void theHostsOwnAreAllowedBeyondLoopback(String name) {
    assertThat(loopback.allow(name)).isFalse();
    assertThat(outside.allow(name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"evil.example", "", "web10", "web1evil.example", "0.0.0.0", "localhost.evil"})
  void othersAreNot(String name) {
    assertThat(loopback.allow(name)).isFalse();
    assertThat(outside.allow(name)).isFalse();
  }
}
