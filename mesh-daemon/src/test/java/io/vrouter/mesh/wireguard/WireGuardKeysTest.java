package io.vrouter.mesh.wireguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vrouter.mesh.record.WireGuardKey;
import io.vrouter.netlink.wire.Payload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WireGuardKeysTest {
  private static final int PORT = 51_820;

  @TempDir Path directory;

  private WireGuardKeys open() throws IOException {
    return WireGuardKeys.open(directory, new SecureRandom(), PORT);
  }

  /** RFC 7748, section 6.1. */
  @Test
  void aPublicKeyIsThatOfTheStandard() {
    Payload alice =
        Payload.of(
            HexFormat.of()
                .parseHex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"));
    assertThat(HexFormat.of().formatHex(Curve25519.publicKey(alice).toArray()))
        .isEqualTo("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
  }

  @Test
  void theFileIsTheOwnersAndKeysStay() throws Exception {
    List<WireGuardKey> made = open().publicKeys();
    assertThat(made).hasSize(1);
    assertThat(made.get(0).port()).isEqualTo(PORT);
    Path file = directory.resolve(WireGuardKeys.FILE);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(open().publicKeys()).isEqualTo(made);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw--w----"));
    assertThatThrownBy(this::open).isInstanceOf(IOException.class);
  }

  @Test
  void aNewKeyTakesTheOtherDeviceAndTheFormerGoesWhenRetired() throws Exception {
    WireGuardKeys keys = open();
    WireGuardKey first = keys.publicKeys().get(0);
    keys.rotate();
    assertThat(keys.publicKeys()).extracting(WireGuardKey::slot).containsExactly(1, 0);
    assertThat(keys.publicKeys()).extracting(WireGuardKey::port).containsExactly(PORT + 1, PORT);
    assertThatThrownBy(keys::rotate).isInstanceOf(RotationException.class);
    assertThat(open().publicKeys()).isEqualTo(keys.publicKeys());
    keys.retire(1);
    assertThat(keys.publicKeys()).as("the newest stays").hasSize(2);
    keys.retire(0);
    assertThat(open().publicKeys()).extracting(WireGuardKey::slot).containsExactly(1);
    assertThat(open().publicKeys()).doesNotContain(first);
  }

  @Test
  void aCorruptFileIsSetAsideAndTold() throws Exception {
    WireGuardKey first = open().publicKeys().get(0);
    Files.writeString(directory.resolve(WireGuardKeys.FILE), "0 AAAA\n");
    WireGuardKeys keys = open();
    assertThat(keys.publicKeys()).doesNotContain(first).hasSize(1);
    assertThat(keys.problem().orElseThrow().message()).contains("corrupt");
    assertThat(directory.resolve(WireGuardKeys.FILE + ".corrupt-1")).exists();
  }
}
