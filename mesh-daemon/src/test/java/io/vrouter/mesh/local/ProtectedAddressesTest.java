package io.vrouter.mesh.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.Addresses;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProtectedAddressesTest {
  @TempDir Path dir;

  private final Map<String, List<InetAddress>> names = new HashMap<>();

  @Test
  void resolversBehindTheStubAndSeedsByNameAreProtectedAndFollowed() throws IOException {
    Path stub = Files.writeString(dir.resolve("stub"), "nameserver 127.0.0.53\n");
    Path upstream = dir.resolve("upstream");
    names.put("seed.example", List.of(Addresses.parse("10.0.0.7")));
    try (ProtectedAddresses addresses =
        new ProtectedAddresses(
            List.of(stub, upstream),
            List.of("10.0.0.1", "seed.example"),
            name -> names.getOrDefault(name, List.of()))) {
      assertThat(addresses.get()).isEqualTo(set("127.0.0.53", "10.0.0.1"));
      assertThat(addresses.look()).isTrue();
      assertThat(addresses.get()).isEqualTo(set("127.0.0.53", "10.0.0.1", "10.0.0.7"));

      Files.writeString(upstream, "nameserver 10.53.0.53\n");
      assertThat(addresses.look()).as("a lease brought a resolver").isTrue();
      assertThat(addresses.look()).isFalse();
      assertThat(addresses.get()).contains(Addresses.parse("10.53.0.53"));

      names.clear();
      assertThat(addresses.look()).as("the resolver is away").isFalse();
      names.put("seed.example", List.of(Addresses.parse("10.0.0.8")));
      assertThat(addresses.look()).isTrue();
      assertThat(addresses.get()).contains(Addresses.parse("10.0.0.8"));
    }
  }

  private static java.util.Set<InetAddress> set(String... addresses) {
    java.util.Set<InetAddress> set = new java.util.HashSet<>();
    for (String address : addresses) {
      set.add(Addresses.parse(address));
    }
    return set;
  }
}
