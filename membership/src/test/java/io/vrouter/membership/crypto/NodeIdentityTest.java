package io.vrouter.membership.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.Bytes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NodeIdentityTest {
  @TempDir Path directory;

  private NodeIdentity open() throws Exception {
    return NodeIdentity.open(directory.resolve("state"), new SecureRandom());
  }

  @Test
  void staysTheSameOverBootsAndCountsThem() throws Exception {
    NodeIdentity first = open();
    NodeIdentity second = open();
    assertThat(second.id()).isEqualTo(first.id());
    assertThat(second.publicKey()).isEqualTo(first.publicKey());
    assertThat(first.incarnation()).isEqualTo(1L << 32);
    assertThat(second.incarnation()).isEqualTo(2L << 32);
    assertThat(second.bootNonce()).isNotEqualTo(first.bootNonce());
    assertThat(second.problems()).isEmpty();
  }

  @Test
  void signsSoThatOthersCanCheck() throws Exception {
    NodeIdentity identity = open();
    Ed25519Verifier verifier = new Ed25519Verifier();
    Bytes message = Bytes.of((byte) 1, (byte) 2);
    Bytes signature = identity.sign(message);
    assertThat(verifier.verify(identity.publicKey(), message, signature)).isTrue();
    assertThat(verifier.verify(identity.publicKey(), Bytes.EMPTY, signature)).isFalse();
    assertThat(verifier.idOf(identity.publicKey())).isEqualTo(identity.id());
  }

  @Test
  void isReadableByItsOwnerOnly() throws Exception {
    open();
    Path state = directory.resolve("state");
    assertThat(permissions(state)).isEqualTo("rwx------");
    assertThat(permissions(state.resolve(NodeIdentity.KEY_FILE))).isEqualTo("rw-------");
    assertThat(permissions(state.resolve(NodeIdentity.BOOT_FILE))).isEqualTo("rw-------");
    try (var files = Files.list(state)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(NodeIdentity.KEY_FILE, NodeIdentity.BOOT_FILE);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "garbage", "vrouter-identity 1 00 00", "vrouter-identity 2 xx"})
  void aCorruptKeyIsSetAsideAndReported(String content) throws Exception {
    NodeIdentity before = open();
    Path key = directory.resolve("state").resolve(NodeIdentity.KEY_FILE);
    Files.writeString(key, content);
    NodeIdentity after = open();
    assertThat(after.id()).isNotEqualTo(before.id());
    assertThat(after.problems())
        .singleElement()
        .satisfies(p -> assertThat(p.code()).isEqualTo("identity-corrupt"));
    assertThat(key.resolveSibling("identity.corrupt-1")).hasContent(content);
    assertThat(key.resolveSibling("boot-count.corrupt-1")).exists();
    assertThat(open().id()).isEqualTo(after.id());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "vrouter-boots 1 -5\n", "vrouter-boots 1 many\n", "7\n"})
  void aKeyWithoutAGoodBootCountIsNotUsed(String content) throws Exception {
    NodeIdentity before = open();
    Path boots = directory.resolve("state").resolve(NodeIdentity.BOOT_FILE);
    Files.writeString(boots, content);
    assertThat(open().id()).isNotEqualTo(before.id());
    Files.delete(boots);
    NodeIdentity third = open();
    assertThat(third.bootCount()).isEqualTo(1);
    assertThat(third.problems()).hasSize(1);
    assertThat(boots.resolveSibling("identity.corrupt-2")).exists();
  }

  @Test
  void aKeyFileWhoseHalvesDontMatchIsCorrupt() throws Exception {
    NodeIdentity before = open();
    Path key = directory.resolve("state").resolve(NodeIdentity.KEY_FILE);
    String[] words = Files.readString(key).strip().split(" ", -1);
    words[2] = "ab".repeat(32);
    Files.writeString(key, String.join(" ", words) + "\n");
    assertThat(open().id()).isNotEqualTo(before.id());
  }

  @Test
  void aHigherCountLearnedFromOthersIsKept() throws Exception {
    open().persistBoots(41);
    assertThat(open().bootCount()).isEqualTo(42);
    open().persistBoots(7);
    assertThat(open().bootCount()).isEqualTo(44);
  }

  @Test
  void doesNotPrintItsKey() throws Exception {
    NodeIdentity identity = open();
    String text = Files.readString(directory.resolve("state").resolve(NodeIdentity.KEY_FILE));
    assertThat(identity.toString()).doesNotContain(text.split(" ", -1)[2]);
  }

  private static String permissions(Path path) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
