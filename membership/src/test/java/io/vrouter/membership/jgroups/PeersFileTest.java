package io.vrouter.membership.jgroups;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.MembershipEvent.Warning;
import io.vrouter.membership.NodeId;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PeersFileTest {
  private static final InetSocketAddress ONE = new InetSocketAddress("192.0.2.1", 7950);
  private static final InetSocketAddress TWO = new InetSocketAddress("2001:db8::2", 7951);
  private static final InetSocketAddress THREE = new InetSocketAddress("192.0.2.3", 7950);

  @TempDir Path directory;
  private final Problems problems = new Problems(new NodeId(1, 2), () -> 0);

  private PeersFile loaded() {
    PeersFile file = new PeersFile(directory);
    file.load(problems);
    return file;
  }

  @Test
  void remembersMembersAndThoseBeforeThem() {
    loaded().save(Set.of(ONE, TWO), Set.of(), problems);
    assertThat(loaded().load(problems)).containsExactlyInAnyOrder(ONE, TWO);
    loaded().save(Set.of(THREE), Set.of(ONE), problems);
    assertThat(loaded().load(problems)).containsExactly(THREE, TWO);
    assertThat(problems.list()).isEmpty();
  }

  @Test
  void aLonelyNodeForgetsNobody() {
    loaded().save(Set.of(ONE), Set.of(), problems);
    loaded().save(Set.of(), Set.of(), problems);
    assertThat(loaded().load(problems)).containsExactly(ONE);
  }

  @Test
  void keepsABoundedNumberOfFormerOnes() {
    Set<InetSocketAddress> many = new HashSet<>();
    for (int i = 0; i < 600; i++) {
      many.add(new InetSocketAddress("10.0." + i / 250 + "." + i % 250, 7950));
    }
    loaded().save(many, Set.of(), problems);
    assertThat(loaded().load(problems)).hasSize(600);
    loaded().save(Set.of(ONE), Set.of(), problems);
    assertThat(loaded().load(problems)).hasSize(256).startsWith(ONE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "garbage\n",
        "vrouter-peers 1\n192.0.2.1:79",
        "vrouter-peers 1\nexample.org:7950\n",
        "vrouter-peers 1\n192.0.2.1:0\n",
        "vrouter-peers 1\n\n"
      })
  void aCorruptFileIsSetAsideAndReported(String content) throws Exception {
    Path file = directory.resolve(PeersFile.NAME);
    Files.writeString(file, content);
    assertThat(loaded().load(problems)).isEmpty();
    assertThat(directory.resolve("peers.corrupt-1")).hasContent(content);
    assertThat(problems.list()).extracting(Warning::code).containsExactly("peers-corrupt");
  }

  @Test
  void isReadableByItsOwnerOnly() throws Exception {
    loaded().save(Set.of(ONE), Set.of(), problems);
    Path file = directory.resolve(PeersFile.NAME);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }
}
