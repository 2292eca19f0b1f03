package io.vrouter.mesh.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.mesh.control.MemberStatus;
import io.vrouter.mesh.control.Members;
import io.vrouter.mesh.model.Check;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MeshCheckupTest {
  private static Members.Member member(String name, MemberStatus status, String version) {
    return new Members.Member(
        name, name, status, "192.0.2.1", null, null, List.of(), version, Instant.EPOCH, null);
  }

  @Test
  void oneVersionPasses() {
    Members members =
        new Members(
            "a",
            List.of(
                member("a", MemberStatus.ALIVE, "0.2.0"),
                member("b", MemberStatus.ALIVE, "0.2.0"),
                member("c", MemberStatus.FAILED, "0.1.0")));
    assertThat(MeshCheckup.versions(members).result()).isEqualTo(Check.Result.PASS);
  }

  @Test
  void otherVersionsAreNamedWithTheirHosts() {
    Members members =
        new Members(
            "a",
            List.of(
                member("a", MemberStatus.ALIVE, "0.2.0"),
                member("b", MemberStatus.ALIVE, "0.1.0"),
                member("c", MemberStatus.ALIVE, "0.1.0")));
    Check check = MeshCheckup.versions(members);
    assertThat(check.result()).isEqualTo(Check.Result.WARN);
    assertThat(check.message()).contains("0.1.0 on b, c; 0.2.0 on a");
    assertThat(check.fix()).contains("Upgrade");
  }

  @Test
  void aFailedMemberIsNamedWithTheCommandThatDropsIt() {
    Members members =
        new Members(
            "a",
            List.of(
                member("a", MemberStatus.ALIVE, "0.2.0"),
                member("c0ffee", MemberStatus.FAILED, "0.2.0")));
    Check check = MeshCheckup.failed(members);
    assertThat(check.result()).isEqualTo(Check.Result.WARN);
    assertThat(check.remedies())
        .singleElement()
        .satisfies(
            remedy -> {
              assertThat(remedy.command()).isEqualTo("meshctl forget c0ffee");
              assertThat(remedy.foreign()).isEqualTo("member c0ffee");
            });
    assertThat(MeshCheckup.failed(new Members("a", List.of())).result())
        .isEqualTo(Check.Result.PASS);
  }

  @Test
  void aSeedThatIsNoMemberIsNamed() {
    Members members = new Members("a", List.of(member("a", MemberStatus.ALIVE, "0.2.0")));
    Map<String, Set<String>> seeds =
        Map.of(
            "known", Set.of("192.0.2.1"),
            "myself", Set.of("192.0.2.9", "198.51.100.1"),
            "silent", Set.of("192.0.2.7"),
            "gone", Set.of());
    Check check = MeshCheckup.seeds(seeds, Set.of("192.0.2.9"), members, 7950);
    assertThat(check.result()).isEqualTo(Check.Result.WARN);
    assertThat(check.message()).isEqualTo("No member: gone (the name has no address), silent");
    assertThat(MeshCheckup.seeds(Map.of(), Set.of(), members, 7950).result())
        .isEqualTo(Check.Result.PASS);
  }
}
