package io.vrouter.membership.crypto;

import io.vrouter.membership.Bytes;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message about keys between two bound nodes, sealed for the pair. Big-endian: type (1 octet),
 * then
 *
 * <pre>
 *   SUMMARY   number of the epoch or 0 (8), id of its key (4), digest of all statements (8), asks (1)
 *   STATE     statements one after the other, each as {@link Statement} writes it
 *   REFUSAL   reason (1)
 * </pre>
 */
sealed interface KeyMessage {
  /** Most octets of one message: it fits a datagram of 1,200 octets with the sealing of IPv6. */
  int MAX = 1080;

  /** Most statements of one message that are looked at. */
  int MOST = 16;

  /** The sender's knowledge in short; {@code asks} wants the receiver's. */
  record KeySummary(long number, int keyId, long digest, boolean asks) implements KeyMessage {
    boolean sameAs(@Nullable KeySummary other) {
      return other != null
          && number == other.number
          && keyId == other.keyId
          && digest == other.digest;
    }
  }

  /** Statements. */
  record KeyStatements(List<Statement> statements) implements KeyMessage {
    public KeyStatements {
      statements = List.copyOf(statements);
    }
  }

  /** The sender gives this node no key. */
  record KeyRefusal(RefusalReason reason) implements KeyMessage {}

  /** Why a node is given no key. */
  enum RefusalReason {
    /** Its token was revoked, by name or by a rotation. */
    REVOKED(0),
    /** Its token admitted another host already. */
    USED(1),
    /** Its token can be redeemed at the host that made it only, or isn't known. */
    NOT_HERE(2),
    /** It is banned. */
    BANNED(3),
    /** It holds an epoch's key that ended, and isn't a member of that time. */
    OUTDATED(4);

    private final byte code;

    RefusalReason(int code) {
      this.code = (byte) code;
    }
  }

  /** The octets. */
  default Bytes encode() {
    if (this instanceof KeySummary it) {
      return Bytes.written(
          22,
          out ->
              out.put((byte) 1)
                  .putLong(it.number)
                  .putInt(it.keyId)
                  .putLong(it.digest)
                  .put((byte) (it.asks ? 1 : 0)));
    }
    if (this instanceof KeyStatements it) {
      int length = it.statements.stream().mapToInt(Statement::length).sum();
      return Bytes.written(
          1 + length,
          out -> {
            out.put((byte) 2);
            it.statements.forEach(each -> each.write(out));
          });
    }
    if (this instanceof KeyRefusal it) {
      return Bytes.of((byte) 3, it.reason.code);
    }
    throw new IllegalStateException("a message of an unknown kind: " + this);
  }

  /** The message, or null when these octets are none. */
  static @Nullable KeyMessage read(ByteBuffer in) {
    try {
      return switch (in.get()) {
        case 1 -> summary(in);
        case 2 -> state(in);
        case 3 -> refusal(in);
        default -> null;
      };
    } catch (BufferUnderflowException e) {
      return null;
    }
  }

  private static @Nullable KeyMessage summary(ByteBuffer in) {
    KeySummary summary = new KeySummary(in.getLong(), in.getInt(), in.getLong(), in.get() == 1);
    boolean sane = summary.number >= 0 && summary.number <= Statement.MAX_NUMBER;
    return sane && !in.hasRemaining() ? summary : null;
  }

  private static @Nullable KeyMessage state(ByteBuffer in) {
    List<Statement> statements = new ArrayList<>();
    while (in.hasRemaining()) {
      Statement statement = Statement.read(in);
      if (statement == null || statements.size() == MOST) {
        return null;
      }
      statements.add(statement);
    }
    return new KeyStatements(statements);
  }

  private static @Nullable KeyMessage refusal(ByteBuffer in) {
    byte code = in.get();
    for (RefusalReason reason : RefusalReason.values()) {
      if (reason.code == code && !in.hasRemaining()) {
        return new KeyRefusal(reason);
      }
    }
    return null;
  }

  /**
   * The messages that carry all these statements. The first ones are in each message that carries
   * the last, so that no receiver takes the last without them.
   *
   * @param ahead travels with the last, at most 4
   */
  static List<KeyStatements> states(
      List<Statement> others, List<Statement> ahead, @Nullable Statement last) {
    List<KeyStatements> messages = new ArrayList<>();
    List<Statement> together = new ArrayList<>(ahead);
    if (last != null) {
      together.add(last);
    }
    if (!together.isEmpty()) {
      messages.add(new KeyStatements(together));
    }
    List<Statement> next = new ArrayList<>();
    int length = 1;
    for (Statement statement : others) {
      if (length + statement.length() > MAX || next.size() == MOST) {
        messages.add(new KeyStatements(next));
        next = new ArrayList<>();
        length = 1;
      }
      next.add(statement);
      length += statement.length();
    }
    if (!next.isEmpty()) {
      messages.add(new KeyStatements(next));
    }
    return messages;
  }
}
