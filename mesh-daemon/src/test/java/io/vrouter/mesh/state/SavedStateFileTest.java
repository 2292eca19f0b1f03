package io.vrouter.mesh.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.Addresses;
import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vni;
import io.vrouter.mesh.plan.Conflict;
import io.vrouter.mesh.plan.FormerSetting;
import io.vrouter.mesh.reconcile.KnownPrefix;
import io.vrouter.mesh.reconcile.SavedState;
import io.vrouter.mesh.record.Overlay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SavedStateFileTest {
  private static final SavedState STATE =
      new SavedState(
          17,
          List.of(new Overlay(new Vni(1000), Addresses.parse("10.1.1.7"), 16)),
          Map.of(Prefix.parse("172.30.0.0/16"), 17L),
          List.of(new FormerSetting("br-abc", 0)),
          List.of(
              new KnownPrefix(
                  Prefix.parse("172.31.0.0/16"), NodeId.parse("0f".repeat(16)), new Vni(7), 600),
              new KnownPrefix(
                  Prefix.parse("172.22.0.0/16"), new NodeId(1, 2), new Vni(1), KnownPrefix.HELD),
              new KnownPrefix(
                  Conflict.ClaimKind.OVERLAY,
                  Prefix.parse("10.1.1.2/32"),
                  new NodeId(1, 2),
                  new Vni(1),
                  KnownPrefix.HELD),
              new KnownPrefix(Prefix.parse("fd00:1::/64"), null, null, 0)));

  @TempDir Path dir;

  @Test
  void whatWasSavedIsLoaded() throws IOException {
    new SavedStateFile(dir).save(STATE);

    SavedStateFile file = new SavedStateFile(dir);
    assertThat(file.load()).isEqualTo(STATE);
    assertThat(file.problem()).isEmpty();
  }

  @Test
  void nothingThereIsNothingSaved() {
    assertThat(new SavedStateFile(dir).load()).isEqualTo(SavedState.NONE);
  }

  @Test
  void whatAnEarlierVersionSavedIsLoaded() throws IOException {
    Files.writeString(
        dir.resolve(SavedStateFile.NAME),
        "{\"lamport\":7,\"overlays\":[],\"subnets\":{},\"forwarding\":{},"
            + "\"known\":[\"172.31.0.0/16\"]}");
    assertThat(new SavedStateFile(dir).load().known())
        .containsExactly(new KnownPrefix(Prefix.parse("172.31.0.0/16"), null, null, 0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "null",
        "[]",
        "{}",
        "{\"lamport\":1}",
        "{\"lamport\":1,\"overlays\":[],\"subnets\":{\"x\":1},\"forwarding\":{},\"known\":[]}",
        "{\"lamport\":1,\"overlays\":[null],\"subnets\":{},\"forwarding\":{},\"known\":[]}",
        "{\"lamport\":1,\"overlays\":[],\"subnets\":{},\"forwarding\":{},\"known\":[null]}",
        "{\"lamport\":1,\"overlays\":[],\"subnets\":{\"172.30.0.0/16\":null},\"forwarding\":{},\"known\":[]}",
        "{\"lamport\":1,\"overlays\":[],\"subnets\":{},\"forwarding\":{\"a\":null},\"known\":[]}"
      })
  void aCorruptOneIsSetAsideAndTold(String content) throws IOException {
    Path path = Files.writeString(dir.resolve(SavedStateFile.NAME), content);

    SavedStateFile file = new SavedStateFile(dir);
    assertThat(file.load()).isEqualTo(SavedState.NONE);
    assertThat(file.problem())
        .hasValueSatisfying(problem -> assertThat(problem.code()).isEqualTo("state-corrupt"));
    assertThat(path).doesNotExist();
    assertThat(dir.resolve(SavedStateFile.NAME + ".corrupt-1")).hasContent(content);
  }
}
