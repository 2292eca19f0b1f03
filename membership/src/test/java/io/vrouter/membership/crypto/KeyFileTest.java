package io.vrouter.membership.crypto;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.MembershipEvent.Warning;
import io.vrouter.membership.NodeId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyFileTest {
  private static final MeshToken TOKEN = MeshToken.create("lab", List.of(), new Random(1));
  private static final SeededSigner SIGNER = new SeededSigner(1);

  @TempDir Path directory;
  private long now = TimeUnit.DAYS.toNanos(3);
  private long millis = 1_700_000_000_000L;

  private KeyFile file() {
    return new KeyFile(directory, () -> now, () -> millis);
  }

  private KeyBook open(MeshToken token) {
    return file().open(token, SIGNER, new Random(7));
  }

  private void pass(long seconds) {
    now += TimeUnit.SECONDS.toNanos(seconds);
    millis += TimeUnit.SECONDS.toMillis(seconds);
  }

  private KeyBook full() throws Exception {
    KeyBook book = open(TOKEN);
    book.electorate(
        new Electorate() {
          @Override
          public Set<NodeId> known() {
            return Set.of(new NodeId(4, 4));
          }

          @Override
          public Set<NodeId> alive() {
            return Set.of();
          }
        });
    book.found();
    book.ban(new NodeId(1, 2), SIGNER);
    book.createToken(List.of(), 3600, true);
    book.createToken(List.of(), 0, false);
    book.revoke(book.createToken(List.of(), 600, false).id());
    book.save();
    return book;
  }

  @Test
  void whatIsKeptComesBack() throws Exception {
    KeyBook book = full();
    pass(60);
    KeyBook back = open(TOKEN);
    assertThat(back.problems()).isEmpty();
    assertThat(back.keyring().id()).isEqualTo(book.keyring().id());
    assertThat(back.summary().digest()).isEqualTo(book.summary().digest());
    assertThat(back.banned()).containsExactly(new NodeId(1, 2));
    assertThat(back.freshToken()).isFalse();
    assertThat(back.<Set<NodeId>>read((state, at) -> state.veterans()))
        .contains(new NodeId(4, 4), SIGNER.id());
    long left =
        back.read(
            (state, at) ->
                state.tokens().stream()
                    .filter(it -> it.token().once())
                    .mapToLong(it -> TimeUnit.NANOSECONDS.toSeconds(it.end() - at))
                    .sum());
    assertThat(left).isBetween(3520L, 3550L);
    assertThat(back.keyring().toString()).isEqualTo(book.keyring().toString());
  }

  @Test
  void theOldEpochEndsInTimeOverARestart() throws Exception {
    KeyBook book = full();
    int former = book.read((state, at) -> state.formers().iterator().next().epoch().key().id());
    pass(TimeUnit.NANOSECONDS.toSeconds(KeyBook.END) + 20);
    Keyring.Held held = Objects.requireNonNull(open(TOKEN).keyring().held(former));
    assertThat(held.use()).isEqualTo(Keyring.Use.RETURN);
    assertThat(held.carriesFrames()).isFalse();
  }

  @Test
  void itIsReadableByItsOwnerOnlyAndWrittenWhenChanged() throws Exception {
    KeyBook book = full();
    Path path = directory.resolve(KeyFile.NAME);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rw-------");
    Files.delete(path);
    book.save();
    assertThat(path).doesNotExist();
    book.rotate(true);
    book.save();
    assertThat(path).exists();
  }

  @Test
  void aCorruptFileIsSetAsideAndReported() throws Exception {
    full();
    Path path = directory.resolve(KeyFile.NAME);
    byte[] octets = Files.readAllBytes(path);
    Random dice = new Random(2);
    for (int i = 0; i < 60; i++) {
      byte[] changed = octets.clone();
      int from = dice.nextInt(changed.length);
      if (i % 2 == 0) {
        changed[from] = (byte) dice.nextInt(256);
      } else {
        changed = java.util.Arrays.copyOf(changed, from);
      }
      Files.write(path, changed);
      KeyBook book = open(TOKEN);
      if (!Files.exists(path)) {
        assertThat(book.problems()).extracting(Warning::code).containsExactly("keys-corrupt");
        assertThat(book.keyring().hasEpoch()).isFalse();
        assertThat(book.problems().toString()).doesNotContain("epoch ");
      }
    }
    Files.write(path, "vrouter-keys 1\nepoch 00 0\n".getBytes(US_ASCII));
    assertThat(open(TOKEN).problems()).hasSize(1);
    try (var files = Files.list(directory)) {
      assertThat(files).anyMatch(it -> it.getFileName().toString().startsWith("keys.corrupt-"));
    }
  }

  @Test
  void aFileThatOthersCanWriteIsNotBelieved() throws Exception {
    full();
    Path path = directory.resolve(KeyFile.NAME);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw-rw-"));
    KeyBook book = open(TOKEN);
    assertThat(book.problems()).extracting(Warning::code).containsExactly("keys-unreadable");
    assertThat(book.keyring().hasEpoch()).isFalse();
  }

  @Test
  void anotherTokenThanLastTimeIsFresh() throws Exception {
    full();
    assertThat(open(MeshToken.create("lab", List.of(), new Random(9))).freshToken()).isTrue();
  }
}
