package io.vrouter.membership.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vrouter.membership.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OperatorKeyTest {
  private static final SecureRandom RANDOM = new SecureRandom();

  @TempDir Path directory;

  @Test
  void aFileHoldsTheKeyThatWasMade() throws IOException {
    Path file = directory.resolve("operator-key");
    OperatorKey made = OperatorKey.create(file, RANDOM);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    OperatorKey read = OperatorKey.readOrCreate(file, RANDOM);
    assertThat(read.publicKey()).isEqualTo(made.publicKey());
    Bytes message = Bytes.of("ban".getBytes(StandardCharsets.US_ASCII));
    assertThat(new Ed25519Verifier().verify(made.publicKey(), message, read.sign(message)))
        .isTrue();
  }

  @Test
  void anExistingFileIsLeftAsItIs() throws IOException {
    Path file = directory.resolve("operator-key");
    OperatorKey.create(file, RANDOM);
    String before = Files.readString(file);
    assertThatThrownBy(() -> OperatorKey.create(file, RANDOM))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(Files.readString(file)).isEqualTo(before);
  }

  @Test
  void aFileThatOthersCanWriteIsRefused() throws IOException {
    Path file = directory.resolve("operator-key");
    OperatorKey.create(file, RANDOM);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw--w----"));
    assertThatThrownBy(() -> OperatorKey.read(file)).hasMessageContaining("chmod");
  }

  @Test
  void noMessageHoldsTheContent() throws IOException {
    for (String text : new String[] {"vrouter-operator-key 1 abcd\n", "abcd", ""}) {
      Path file = directory.resolve("broken");
      Files.writeString(file, text);
      assertThatThrownBy(() -> OperatorKey.read(file))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("operator's key")
          .hasMessageNotContaining("abcd");
    }
  }

  @Test
  void aPublicKeyIsReadFromItsText() throws IOException {
    OperatorKey key = OperatorKey.create(RANDOM);
    String text = OperatorKey.text(key.publicKey());
    assertThat(OperatorKey.publicKey(text + "\n")).isEqualTo(key.publicKey());
    assertThatThrownBy(() -> OperatorKey.publicKey("abcd")).hasMessageContaining("43 characters");
    assertThat(key.toString()).contains(text);
    Path file = directory.resolve("operator-key");
    OperatorKey.create(file, RANDOM);
    assertThat(OperatorKey.isSecret(Files.readString(file))).isTrue();
    assertThat(OperatorKey.isSecret(text)).isFalse();
  }
}
