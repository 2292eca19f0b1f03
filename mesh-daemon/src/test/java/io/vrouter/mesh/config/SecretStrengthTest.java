package io.vrouter.mesh.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretStrengthTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "passwordpasswordpasswordpassword",
        "00000000000000000000000000000001",
        "changeme-changeme-changeme-changeme",
      })
  void repetitionsAreWeak(String secret) {
    assertThat(SecretStrength.bits(secret)).isLessThan(SecretStrength.ENOUGH);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "6f1d9a07c4b83e25f0a1d7c69b3e8542",
        "Zq8vR2mXc7LpT4wNs9KdY1hFb6GjE3uA",
      })
  void randomSecretsOfTheShortestLengthAreNot(String secret) {
    assertThat(SecretStrength.bits(secret)).isGreaterThanOrEqualTo(SecretStrength.ENOUGH);
  }
}
