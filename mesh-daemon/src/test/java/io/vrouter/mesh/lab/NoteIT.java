package io.vrouter.mesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vrouter.netlink.lab.Await;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What hosts outside the mesh do is told, and makes nobody unhealthy. */
@Tag("lab")
class NoteIT {
  @RegisterExtension final Lab lab = new Lab();

  @Test
  void twoMeshesOnOneLanAreBothHealthy() {
    Host one = lab.host(1);
    Host other = lab.host(2);
    one.start();
    other.start(Map.of("MESH_TOKEN", Lab.randomSecret()));

    for (Host host : new Host[] {one, other}) {
      Await.until("it notes the other mesh", () -> noted(host, "wrong-token"));
      Await.until("it is healthy", () -> host.ctl("status").exit() == 0);
      assertThat(host.status().path("healthy").asBoolean()).isTrue();
      assertThat(host.ctl("status").stdout()).contains("1 note", "note wrong-token");
      assertThat(host.members()).as("the other isn't in").hasSize(1);
    }
  }

  @Test
  void aMeshWithoutATokenIsToldToHaveNone() {
    Host host = lab.host(1);
    host.start(Map.of("MESH_INSECURE", "true"));
    host.awaitAnswer();
    Await.until("it is healthy", () -> host.ctl("status").exit() == 0);
    assertThat(host.ctl("status").stdout()).contains("warning insecure", "UDP port 7950");
  }

  private static boolean noted(Host host, String code) {
    for (JsonNode problem : host.status().path("problems")) {
      if (problem.path("code").asText().equals(code)) {
        assertThat(problem.path("severity").asText()).isEqualTo("note");
        assertThat(problem.path("since").asText()).endsWith("Z");
        return true;
      }
    }
    return false;
  }
}
