package io.vrouter.mesh.host;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.mesh.model.Addresses;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.model.Vni;
import io.vrouter.mesh.plan.FormerSetting;
import io.vrouter.mesh.reconcile.SavedState;
import io.vrouter.mesh.record.Overlay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateFileTest {
  private static final SavedState STATE =
      new SavedState(
          1L << 40,
          List.of(
              new Overlay(new Vni(1000), Addresses.parse("10.1.1.9"), 7),
              new Overlay(new Vni(2000), Addresses.parse("fd00::9"), 8)),
          Map.of(Prefix.parse("172.30.0.0/16"), 3L, Prefix.parse("fd30::/64"), 4L),
          List.of(new FormerSetting("br-a", 0)),
          Set.of(Prefix.parse("172.31.0.0/16"), Prefix.parse("10.128.0.0/18")));

  private final List<Problem> problems = new ArrayList<>();
  @TempDir Path root;

  private StateFile file() throws IOException {
    return new StateFile(new AtomicFiles(root), problems::add);
  }

  @Test
  void givesBackWhatWasSaved() throws IOException {
    assertThat(file().load()).isEqualTo(SavedState.NONE);
    file().save(STATE);
    assertThat(file().load()).isEqualTo(STATE);
    file().save(SavedState.NONE);
    assertThat(file().load()).isEqualTo(SavedState.NONE);
    assertThat(problems).isEmpty();
  }

  @Test
  void isForPeopleToReadAndAlwaysTheSameText() throws IOException {
    assertThat(new String(StateFile.encode(STATE), UTF_8).replaceAll("\\s", ""))
        .isEqualTo(
            "{'version':1,'lamport':1099511627776,'overlays':[{'vni':1000,'address':'10.1.1.9',"
                    .replace('\'', '"')
                + ("'lamport':7},{'vni':2000,'address':'fd00:0:0:0:0:0:0:9','lamport':8}],"
                        + "'subnets':{'172.30.0.0/16':3,'fd30:0:0:0:0:0:0:0/64':4},"
                        + "'former':[{'device':'br-a','forwarding':0}],"
                        + "'known':['10.128.0.0/18','172.31.0.0/16']}")
                    .replace('\'', '"'));
  }

  @Test
  void setsAsideWhatItCannotUnderstand() throws IOException {
    String whole = new String(StateFile.encode(STATE), UTF_8);
    for (String bad :
        List.of(
            "",
            "{",
            "[]",
            "nonsense",
            whole.substring(0, whole.length() / 2),
            whole.replace("\"version\" : 1", "\"version\" : 2"),
            whole.replace("172.31.0.0/16", "172.31.0.1/16"),
            whole.replace("172.31.0.0/16", "example.org/16"),
            whole.replace("10.1.1.9", "10.1.1"),
            whole.replace("1099511627776", "-1"),
            whole.replace("1099511627776", "\"many\""),
            whole.replace(": 3", ": null"))) {
      problems.clear();
      Files.writeString(root.resolve(StateFile.NAME), bad);
      assertThat(file().load()).as(bad).isEqualTo(SavedState.NONE);
      assertThat(problems).as(bad).extracting(Problem::code).containsExactly("state-file");
      assertThat(root.resolve(StateFile.NAME + ".corrupt")).hasContent(bad);
      assertThat(root.resolve(StateFile.NAME)).doesNotExist();
    }
  }

  @Test
  void toleratesFieldsOfALaterVersion() throws IOException {
    String more =
        new String(StateFile.encode(STATE), UTF_8).replaceFirst("\\{", "{\"later\":[1,2],");
    Files.writeString(root.resolve(StateFile.NAME), more);
    assertThat(file().load()).isEqualTo(STATE);
  }

  @Test
  void reportsWhatItCannotRead() throws IOException {
    Files.createDirectory(root.resolve(StateFile.NAME));
    assertThat(file().load()).isEqualTo(SavedState.NONE);
    assertThat(problems).extracting(Problem::code).containsExactly("state-file");
  }
}
