package io.vrouter.membership.jgroups;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.MemberRecord;
import io.vrouter.membership.MemberRecord.Intent;
import io.vrouter.membership.MembershipEvent.Warning;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.crypto.Ed25519Verifier;
import io.vrouter.membership.crypto.Keyring;
import io.vrouter.membership.crypto.MeshToken;
import io.vrouter.membership.crypto.NodeIdentity;
import io.vrouter.membership.crypto.SeededSigner;
import io.vrouter.membership.crypto.SharedKeys;
import io.vrouter.membership.wire.SignedHead;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordsFileTest {
  private static final Keyring MESH = keyring(MeshToken.insecure());

  @TempDir Path directory;
  private final Problems problems = new Problems(new NodeId(1, 2), () -> 0);
  private Path file;
  private MemberRecord four;
  private MemberRecord six;

  @BeforeEach
  void records() throws IOException {
    file = directory.resolve(RecordsFile.NAME);
    four = record("a", "192.0.2.1", Bytes.of((byte) 1, (byte) 2));
    six = record("b", "2001:db8::2", Bytes.EMPTY);
  }

  private MemberRecord record(String name, String address, Bytes payload) throws IOException {
    NodeIdentity identity = NodeIdentity.open(directory.resolve(name), new SecureRandom());
    InetSocketAddress endpoint = new InetSocketAddress(address, 7950);
    return SignedHead.sign(identity, 7L << 32, 3, 99, endpoint, Intent.STAY, payload)
        .record(payload);
  }

  private static Keyring keyring(MeshToken token) {
    return SharedKeys.of(token, new SeededSigner(1), () -> 0).keyring();
  }

  private List<MemberRecord> loaded(Keyring keyring) {
    return new RecordsFile(directory).load(keyring, new Ed25519Verifier(), problems);
  }

  @Test
  void recordsComeBackAsTheyWereSigned() {
    new RecordsFile(directory).save(List.of(four, six), MESH, problems);
    assertThat(loaded(MESH)).containsExactlyInAnyOrder(four, six);
    RecordsFile again = new RecordsFile(directory);
    again.load(MESH, new Ed25519Verifier(), problems);
    again.save(List.of(), MESH, problems);
    assertThat(loaded(MESH)).isEmpty();
    assertThat(problems.list()).isEmpty();
  }

  @Test
  void theSameRecordsAreNotWrittenAgain() throws IOException {
    RecordsFile records = new RecordsFile(directory);
    records.save(List.of(four, six), MESH, problems);
    Files.delete(file);
    records.save(List.of(six, four), MESH, problems);
    assertThat(file).doesNotExist();
  }

  @Test
  void recordsOfAnotherMeshCountAsNone() {
    new RecordsFile(directory).save(List.of(four), MESH, problems);
    Keyring other = keyring(MeshToken.create("other", List.of(), new SecureRandom()));
    assertThat(loaded(other)).isEmpty();
    assertThat(problems.list()).isEmpty();
  }

  /** Every octet is covered by the form, a hash or a signature. */
  @ParameterizedTest
  @ValueSource(ints = {0, 18, 26, 27, 30, 60, 90, 120, 180, 210})
  void aChangedOctetIsNoticedAndTheFileKept(int at) throws IOException {
    new RecordsFile(directory).save(List.of(four), MESH, problems);
    byte[] octets = Files.readAllBytes(file);
    octets[at] ^= 0x40;
    Files.write(file, octets);
    assertThat(loaded(MESH)).isEmpty();
    if (at < 18 || at >= 26) {
      assertThat(problems.list()).extracting(Warning::code).containsExactly("records-corrupt");
      assertThat(directory.resolve("records.corrupt-1")).exists();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 5, 27, 100, 200})
  void aTornFileIsNoTrouble(int length) throws IOException {
    new RecordsFile(directory).save(List.of(four), MESH, problems);
    Files.write(file, java.util.Arrays.copyOf(Files.readAllBytes(file), length));
    assertThat(loaded(MESH)).isEmpty();
  }
}
