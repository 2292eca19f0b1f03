package io.vrouter.membership.crypto;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeId;
import io.vrouter.netlink.fuzz.Decoder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** The decoders of sealed datagrams, keys and their files, with inputs of the present format. */
public final class CryptoDecoders {
  private static final MeshToken TOKEN = MeshToken.parse("a secret of more than 32 characters");
  private static final InetSocketAddress A = new InetSocketAddress("192.0.2.1", 7950);
  private static final InetSocketAddress B = new InetSocketAddress("192.0.2.2", 7950);
  private static final SeededSigner SIGNER = new SeededSigner(1);

  private CryptoDecoders() {}

  /** The decoders; the directory is for files that they read. */
  public static List<Decoder> all(Path directory) {
    SealedLink here = link(B, 2);
    seeds(here);
    Keyring keys = SharedKeys.of(TOKEN, SIGNER, () -> 0).keyring();
    SipHash check = Objects.requireNonNull(keys.held(keys.id())).key().check();
    return List.of(
        Decoder.of("sealed", SealedLink.class, octets -> opened(here, octets)),
        Decoder.of("sealed-checked", SealedLink.class, octets -> opened(here, made(octets, check))),
        Decoder.of(
            "header",
            Envelope.Header.class,
            octets -> Envelope.Header.read(ByteBuffer.wrap(octets))),
        Decoder.of(
            "challenge",
            Handshake.Challenge.class,
            octets -> Handshake.Challenge.read(ByteBuffer.wrap(octets))),
        Decoder.of(
            "answer",
            Handshake.ChallengeResponse.class,
            octets -> Handshake.ChallengeResponse.read(ByteBuffer.wrap(octets))),
        Decoder.of(
                "key-message", KeyMessage.class, octets -> KeyMessage.read(ByteBuffer.wrap(octets)))
            .writes(message -> ((KeyMessage) message).encode().toArray()),
        Decoder.of("statement", Statement.class, octets -> Statement.read(ByteBuffer.wrap(octets)))
            .writes(statement -> ((Statement) statement).encode().toArray()),
        Decoder.of(
            "token",
            MeshToken.class,
            octets -> MeshToken.parse(new String(octets, US_ASCII)).id(),
            IllegalArgumentException.class),
        Decoder.of(
            "operator-key",
            OperatorKey.class,
            octets -> OperatorKey.read(file(directory, "operator", octets)).id(),
            IOException.class),
        Decoder.of("keys-file", KeyFile.class, octets -> keys(directory, octets)),
        Decoder.of(
            "identity-file",
            NodeIdentity.class,
            octets -> identity(directory, octets),
            IOException.class));
  }

  private static SealedLink link(InetSocketAddress self, long seed) {
    SeededSigner signer = new SeededSigner(seed);
    SealedLink.LinkConfig place = new SealedLink.LinkConfig(List.of(self), null, 4);
    return new SealedLink(
        SharedKeys.of(TOKEN, signer, () -> 1), signer, place, new Random(seed), () -> 1);
  }

  private static String opened(SealedLink link, byte[] octets) {
    Verdict verdict = link.open(A, ByteBuffer.wrap(octets));
    return verdict instanceof Verdict.Dropped dropped
        ? dropped.reason().name()
        : verdict.getClass().getSimpleName();
  }

  /** With a valid check, as a holder of the epoch's key can make it. */
  private static byte[] made(byte[] octets, SipHash check) {
    byte[] made = octets.clone();
    int end = made.length - Envelope.CHECK;
    if (end > 0) {
      ByteBuffer.wrap(made).putLong(end, check.of(ByteBuffer.wrap(made, 0, end)));
    }
    return made;
  }

  private static Path file(Path directory, String name, byte[] octets) throws IOException {
    Path file = directory.resolve(name);
    Files.write(file, octets);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return file;
  }

  private static String keys(Path directory, byte[] octets) throws IOException {
    file(directory, "keys", octets);
    KeyFile file = new KeyFile(directory, () -> 1, () -> 1_700_000_000_000L);
    KeyBook book = file.open(TOKEN, SIGNER, new Random(1));
    return file.problems().size() + " " + book.keyring().hasEpoch();
  }

  private static String identity(Path directory, byte[] octets) throws IOException {
    file(directory, NodeIdentity.KEY_FILE, octets);
    file(directory, NodeIdentity.BOOT_FILE, "vrouter-boots 1 7\n".getBytes(US_ASCII));
    return "" + NodeIdentity.open(directory, new SecureRandom()).problems().size();
  }

  /** Inputs. */
  public static List<byte[]> seeds() throws IOException {
    List<byte[]> seeds = new ArrayList<>(seeds(link(B, 2)));
    List<Statement> statements =
        List.of(
            Statement.EpochStatement.sign(7, 3, key(), SIGNER),
            Statement.TokenStatement.sign(
                MeshToken.create("x", List.of(), new Random(1)), 3, 60, false, SIGNER),
            Statement.TokenEnd.sign(5, true, SIGNER),
            Statement.BanStatement.sign(new NodeId(1, 1), SIGNER));
    statements.forEach(statement -> seeds.add(statement.encode().toArray()));
    seeds.add(new KeyMessage.KeyStatements(statements.subList(0, 2)).encode().toArray());
    seeds.add(new KeyMessage.KeyStatements(statements.subList(2, 4)).encode().toArray());
    seeds.add(new KeyMessage.KeySummary(3, 7, 9, true).encode().toArray());
    seeds.add(new KeyMessage.KeyRefusal(KeyMessage.RefusalReason.OUTDATED).encode().toArray());
    seeds.add(new byte[Handshake.CHALLENGE]);
    seeds.add(new byte[Handshake.ANSWER]);
    MeshToken full =
        MeshToken.create(
            "lab", List.of("192.0.2.1", "[2001:db8::1]:7951"), SIGNER.publicKey(), new Random(2));
    seeds.add(full.encode().getBytes(US_ASCII));
    seeds.add(MeshToken.create("x", List.of(), new Random(1)).encode().getBytes(US_ASCII));
    Path directory = Files.createTempDirectory("seeds");
    OperatorKey.readOrCreate(directory.resolve("operator"), new SecureRandom());
    seeds.add(Files.readAllBytes(directory.resolve("operator")));
    KeyBook book = SharedKeys.of(TOKEN, SIGNER, () -> 1);
    book.rotate(true);
    book.createToken(List.of(), 600, false);
    new KeyFile(directory, () -> 1, () -> 1_700_000_000_000L).save(book);
    seeds.add(Files.readAllBytes(directory.resolve("keys")));
    NodeIdentity.open(directory, new SecureRandom());
    seeds.add(Files.readAllBytes(directory.resolve(NodeIdentity.KEY_FILE)));
    return seeds;
  }

  private static EpochKey key() {
    byte[] secret = new byte[32];
    new Random(5).nextBytes(secret);
    return new EpochKey(secret);
  }

  /** What A says to the node at B, with all that follows; both are in one mesh. */
  private static List<byte[]> seeds(SealedLink there) {
    SealedLink here = link(A, 1);
    List<byte[]> sent = new ArrayList<>();
    ByteBuffer frame =
        ByteBuffer.wrap("hello, this is a frame of fifty-three octets: a pings".getBytes(US_ASCII));
    ByteBuffer next = here.seal(B, frame.duplicate());
    for (int i = 0; i < 4 && next != null; i++) {
      sent.add(octets(next));
      next = reply(here, B, reply(there, A, next));
    }
    sent.add(octets(here.seal(B, frame)));
    return sent;
  }

  private static byte[] octets(ByteBuffer buffer) {
    return Bytes.from(buffer.duplicate()).toArray();
  }

  private static @Nullable ByteBuffer reply(
      SealedLink link, InetSocketAddress from, @Nullable ByteBuffer datagram) {
    return datagram != null
            && link.open(from, datagram) instanceof Verdict.Reply reply
            && !reply.datagrams().isEmpty()
        ? reply.datagrams().get(0)
        : null;
  }
}
