package io.vrouter.membership.crypto;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.vrouter.membership.MembershipEvent.Warning;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.Signer;
import io.vrouter.membership.StateFile;
import io.vrouter.membership.crypto.KeyState.FormerEpoch;
import io.vrouter.membership.crypto.KeyState.LiveToken;
import io.vrouter.membership.crypto.Statement.EpochStatement;
import io.vrouter.membership.crypto.Statement.TokenStatement;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * The keys on the disk: file {@value #NAME} in the state directory, mode 0600. A head line, then
 * one fact a line: a word, hexadecimal octets, and for some a time in milliseconds of this host's
 * wall clock, which counts for this host's own use only. Times that lie in the future are taken as
 * now.
 *
 * <p>A corrupt file is set aside and reported; the node then asks for the epoch's key by its token.
 */
public final class KeyFile {
  /** The file's name in the state directory. */
  public static final String NAME = "keys";

  private static final String HEAD = "vrouter-keys 1";
  private static final int MAX_BYTES = 1 << 20;
  private static final HexFormat HEX = HexFormat.of();

  private final StateFile file;
  private final LongSupplier nanoTime;
  private final LongSupplier millis;
  private final List<Warning> problems = new ArrayList<>();
  private long written = -1;

  /**
   * The file in a state directory; reads and writes nothing yet.
   *
   * @param nanoTime monotonic
   * @param millis wall clock
   */
  public KeyFile(Path stateDir, LongSupplier nanoTime, LongSupplier millis) {
    this.file = new StateFile(stateDir.resolve(NAME));
    this.nanoTime = nanoTime;
    this.millis = millis;
  }

  /** Reads the file into a book; an empty one when there is none, or none that can be read. */
  public KeyBook open(MeshToken token, Signer signer, RandomGenerator random) {
    KeyState state = new KeyState();
    boolean fresh = true;
    try {
      if (file.exists()) {
        String text = new String(file.read(MAX_BYTES), US_ASCII);
        fresh = parse(text, state) != token.id();
      }
    } catch (IllegalArgumentException e) {
      state = new KeyState();
      problems.add(
          new Warning(
              signer.id(),
              "keys-corrupt",
              file.path() + " does not hold the mesh's keys; " + file.setAsideIfPossible(),
              "nothing, when this host's token still admits: it asks for the key anew; else make"
                  + " one with 'meshctl token create --once' on another host"));
    } catch (IOException e) {
      problems.add(
          new Warning(
              signer.id(),
              "keys-unreadable",
              "reading " + file.path() + ": " + e.getMessage(),
              "make the file readable and writable by this program only (chmod 0600)"));
    }
    return new KeyBook(token, signer, state, fresh, random, nanoTime).in(this);
  }

  /** Problems of {@link #open} and the actions taken. */
  public List<Warning> problems() {
    return List.copyOf(problems);
  }

  /**
   * Writes the book when it changed.
   *
   * @throws IOException when it can't be written; the former content is still there
   */
  public void save(KeyBook book) throws IOException {
    long version = book.version();
    if (version != written) {
      String text = book.read((state, now) -> text(state, book.token().id(), now));
      file.write(text.getBytes(US_ASCII));
      written = version;
    }
  }

  private String text(KeyState state, long token, long now) {
    StringBuilder out = new StringBuilder(HEAD).append('\n');
    out.append("asked-by ").append(HEX.toHexDigits(token)).append('\n');
    EpochStatement current = state.current();
    if (current != null) {
      line(out, "epoch", current, wall(state.since(), now));
    }
    for (FormerEpoch former : state.formers()) {
      line(out, "former", former.epoch(), wall(former.replaced(), now));
    }
    for (LiveToken live : state.tokens()) {
      TokenStatement token1 = live.token().withLeft(live.token().lifetime());
      line(out, "token", token1, live.token().lifetime() == 0 ? 0 : wall(live.end(), now));
    }
    state.closed().forEach(it -> line(out, "closed", it, 0));
    state.bans().forEach(it -> line(out, "ban", it, 0));
    state.inForce().stream().sorted().forEach(id -> out.append("banned ").append(id).append('\n'));
    state.veterans().stream().sorted().forEach(id -> out.append("member ").append(id).append('\n'));
    return out.toString();
  }

  private static void line(StringBuilder out, String word, Statement statement, long time) {
    out.append(word).append(' ').append(HEX.formatHex(statement.encode().toArray()));
    out.append(' ').append(time).append('\n');
  }

  /** To a second, so that the text of an unchanged book stays the same. */
  private long wall(long at, long now) {
    long millisAt = millis.getAsLong() + TimeUnit.NANOSECONDS.toMillis(at - now);
    return Math.round(millisAt / 1e4) * 10_000;
  }

  private long past(String time) {
    long ago = Math.max(0, millis.getAsLong() - Long.parseLong(time));
    return nanoTime.getAsLong() - TimeUnit.MILLISECONDS.toNanos(Math.min(ago, YEAR));
  }

  private static final long YEAR = TimeUnit.DAYS.toMillis(365);

  /** Fills a state; returns the id of the token that was in use. */
  private long parse(String text, KeyState state) {
    String[] lines = text.split("\n", -1);
    if (!lines[0].equals(HEAD) || !text.endsWith("\n")) {
      throw new IllegalArgumentException("it doesn't begin with '" + HEAD + "' or was cut off");
    }
    long asked = 0;
    Set<NodeId> veterans = new HashSet<>();
    Set<NodeId> banned = new HashSet<>();
    long now = nanoTime.getAsLong();
    for (int i = 1; i < lines.length - 1; i++) {
      String[] words = lines[i].split(" ", -1);
      if (words.length < 2) {
        throw new IllegalArgumentException("line " + (i + 1) + " is too short");
      }
      switch (words[0]) {
        case "asked-by" -> asked = HexFormat.fromHexDigitsToLong(words[1]);
        case "epoch" -> state.begin(statement(words, EpochStatement.class), past(words[2]));
        case "former" ->
            state.restore(new FormerEpoch(statement(words, EpochStatement.class), past(words[2])));
        case "token" -> {
          TokenStatement token = statement(words, TokenStatement.class);
          long left = (Long.parseLong(words[2]) - millis.getAsLong()) / 1000;
          if (token.lifetime() == 0) {
            state.take(token, now);
          } else if (left > 0) {
            state.take(token.withLeft((int) Math.min(left, token.lifetime())), now);
          }
        }
        case "closed" -> state.take(statement(words, Statement.TokenEnd.class), now);
        case "ban" -> state.take(statement(words, Statement.BanStatement.class), now);
        case "banned" -> banned.add(NodeId.parse(words[1]));
        case "member" -> veterans.add(NodeId.parse(words[1]));
        default -> throw new IllegalArgumentException("line " + (i + 1) + " is unknown");
      }
    }
    state.veterans(veterans);
    state.inForce(banned);
    return asked;
  }

  private static <T extends Statement> T statement(String[] words, Class<T> kind) {
    Statement statement =
        words.length == 3 ? Statement.read(ByteBuffer.wrap(HEX.parseHex(words[1]))) : null;
    if (!kind.isInstance(statement)) {
      throw new IllegalArgumentException("no statement of this kind");
    }
    return kind.cast(statement);
  }
}
