package io.vrouter.mesh.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vrouter.mesh.model.Prefix;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DaemonJsonTest {
  private static final List<PoolSubnets.Pool> POOLS =
      List.of(new PoolSubnets.Pool(Prefix.parse("10.130.64.0/18"), 24));

  @ParameterizedTest
  @ValueSource(strings = {"", " \n", "{}"})
  void nothingThereYet(String existing) throws PoolException {
    DaemonJson.Merged merged = DaemonJson.merge(existing, POOLS);

    assertThat(merged.text())
        .isEqualTo(
            """
            {
              "default-address-pools" : [
                {
                  "base" : "10.130.64.0/18",
                  "size" : 24
                }
              ]
            }
            """);
    assertThat(merged.changed()).isTrue();
    assertThat(merged.replaced()).isEmpty();
  }

  @Test
  void everythingElseStaysAsItWas() throws PoolException {
    String existing =
        """
        {"log-driver": "journald", "max-concurrent-downloads": 3, "x": 1.10, "y": 1e3,
         "z": 123456789012345678901234567890, "features": {"b": true, "a": null},
         "default-address-pools": [{"base": "172.80.0.0/16", "size": 24},
                                   {"base": "fd00:8::/48", "size": 64}],
         "dns": ["192.0.2.1"]}
        """;

    DaemonJson.Merged merged = DaemonJson.merge(existing, POOLS);

    assertThat(merged.text().replaceAll("\\s", ""))
        .isEqualTo(
            "{\"log-driver\":\"journald\",\"max-concurrent-downloads\":3,\"x\":1.10,\"y\":1E+3,"
                + "\"z\":123456789012345678901234567890,\"features\":{\"b\":true,\"a\":null},"
                + "\"default-address-pools\":[{\"base\":\"10.130.64.0/18\",\"size\":24},"
                + "{\"base\":\"fd00:8::/48\",\"size\":64}],\"dns\":[\"192.0.2.1\"]}");
    assertThat(merged.replaced()).containsExactly("172.80.0.0/16 size 24");
  }

  @Test
  void secondTimeChangesNothing() throws PoolException {
    DaemonJson.Merged once = DaemonJson.merge("{\"debug\": true}", POOLS);
    DaemonJson.Merged twice = DaemonJson.merge(once.text(), POOLS);

    assertThat(twice.changed()).isFalse();
    assertThat(twice.text()).isEqualTo(once.text());
    assertThat(twice.replaced()).isEmpty();
  }

  @Test
  void whatWasAppliedIsComparedWithWhatIsHeldNow() throws PoolException {
    Prefix pool = Prefix.parse("10.128.0.0/10");
    String applied = DaemonJson.merge("{}", POOLS).text();
    assertThat(DaemonJson.says(applied, pool, POOLS)).isEqualTo(DaemonJson.Says.THE_SAME);
    assertThat(DaemonJson.says(applied, pool, List.of())).isEqualTo(DaemonJson.Says.OTHERS);
    assertThat(DaemonJson.says("", pool, POOLS)).isEqualTo(DaemonJson.Says.NOTHING);
    String foreign =
        """
        {"default-address-pools": [{"base": "172.80.0.0/16", "size": 24}, {"base": "x"},
                                   {"base": "10.130.0.1/18", "size": 24}, 7]}
        """;
    assertThat(DaemonJson.says(foreign, pool, POOLS)).isEqualTo(DaemonJson.Says.NOTHING);
    assertThatThrownBy(() -> DaemonJson.says("{", pool, POOLS)).isInstanceOf(PoolException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "[]",
        "null",
        "{} {}",
        "{\"debug\": true, \"debug\": false}",
        "{\"debug\": true,}",
        "// no\n{}",
        "{\"default-address-pools\": {}}",
        "{\"default-address-pools\": [7]}",
        "{\"default-address-pools\": [{\"base\": \"ten/8\", \"size\": 24}]}",
        "{\"default-address-pools\": [{\"base\": \"10.0.0.0/8\"}]}",
      })
  void whatDockerWouldNotTakeIsRefused(String existing) {
    assertThatThrownBy(() -> DaemonJson.merge(existing, POOLS))
        .isInstanceOf(PoolException.class)
        .hasMessageStartingWith("daemon.json");
  }

  @Test
  void syntaxErrorNamesItsLine() {
    assertThatThrownBy(() -> DaemonJson.merge("{\n  \"debug\" true\n}", POOLS))
        .hasMessageContaining("line 2");
  }

  @Test
  void noRangeIsNoFile() {
    assertThatThrownBy(() -> DaemonJson.merge("{}", List.of()))
        .isInstanceOf(PoolException.class)
        .hasMessageContaining("no pool range yet");
  }
}
