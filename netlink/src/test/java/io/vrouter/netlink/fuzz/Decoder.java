package io.vrouter.netlink.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A decoder and its rules.
 *
 * <ul>
 *   <li>It returns a value, null, or throws its typed error, and never anything else.
 *   <li>It allocates at most {@link #BASE} octets and {@link #PER_OCTET} for each octet of input:
 *       lengths and counts in the input allocate nothing, and no loop is longer than the input.
 *   <li>Where there is an encoder, what it writes of a decoded value is read, and written alike.
 * </ul>
 *
 * @param name of its corpus
 * @param owner the class with the decoding method
 * @param refusals its typed errors
 */
public record Decoder(
    String name,
    Class<?> owner,
    Reading reading,
    List<Class<?>> refusals,
    @Nullable Writing writing) {
  /** Octets for error messages, stack traces and caches that fill at the first call. */
  static final long BASE = 2L << 20;

  /** Octets on the heap for one of input: a list's element or a map's entry takes some dozens. */
  static final long PER_OCTET = 4096;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Decodes. */
  public interface Reading {
    /** The value, or null. */
    @Nullable Object read(byte[] octets) throws Exception;
  }

  /** Encodes. */
  public interface Writing {
    /** The octets, or null for a value that has none. */
    byte @Nullable [] write(Object value) throws Exception;
  }

  /** A decoder without an encoder. */
  public static Decoder of(String name, Class<?> owner, Reading reading, Class<?>... refusals) {
    return new Decoder(name, owner, reading, List.of(refusals), null);
  }

  /** The same with an encoder. */
  public Decoder writes(Writing with) {
    return new Decoder(name, owner, reading, refusals, with);
  }

  /**
   * Decodes one input.
   *
   * @return a name of the way that it took: the place and kind of the refusal, or the kind of value
   * @throws AssertionError when a rule is broken
   */
  public String run(byte[] octets) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    String way;
    try {
      Object value = reading.read(octets);
      long taken = THREADS.getCurrentThreadAllocatedBytes() - before;
      bounded(octets, taken);
      same(octets, value);
      way = value == null ? "null" : value.getClass().getSimpleName() + ":" + shape(value);
    } catch (Exception | StackOverflowError | OutOfMemoryError e) {
      bounded(octets, THREADS.getCurrentThreadAllocatedBytes() - before);
      if (refusals.stream().noneMatch(typed -> typed.isInstance(e))) {
        throw new AssertionError(
            "%s throws %s at %s".formatted(name, e, HexFormat.of().formatHex(octets)), e);
      }
      way = place(e);
    }
    return way;
  }

  /** A second measurement counts: at the first one classes are loaded. */
  private void bounded(byte[] octets, long first) {
    long taken = first;
    if (first >= BASE + PER_OCTET * octets.length) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      try {
        reading.read(octets);
      } catch (Exception | StackOverflowError | OutOfMemoryError e) {
        // as the first time
      }
      taken = THREADS.getCurrentThreadAllocatedBytes() - before;
    }
    assertThat(taken)
        .as("%s: octets allocated for %d of input", name, octets.length)
        .isLessThan(BASE + PER_OCTET * octets.length);
  }

  private void same(byte[] octets, @Nullable Object value) throws Exception {
    Writing writes = writing;
    byte[] written = writes == null || value == null ? null : writes.write(value);
    if (writes != null && written != null) {
      Object again = reading.read(written);
      assertThat(again == null ? null : writes.write(again))
          .as("%s: %s", name, HexFormat.of().formatHex(octets))
          .isEqualTo(written);
    }
  }

  /** A rough form of a value: new combinations of fields are new ways. */
  private static String shape(Object value) {
    String text = String.valueOf(value);
    if (value instanceof String && text.length() < 60) {
      return text;
    }
    StringBuilder shape = new StringBuilder();
    int most = Math.min(text.length(), 2000);
    for (int i = 0; i < most; i++) {
      char c = text.charAt(i);
      if (c == '=' || c == '[' || c == ',') {
        shape.append(c);
      }
    }
    return Integer.toHexString(shape.toString().hashCode());
  }

  private static String place(Throwable e) {
    StringBuilder place = new StringBuilder(e.getClass().getSimpleName());
    StackTraceElement[] trace = e.getStackTrace();
    for (int i = 0; i < Math.min(6, trace.length); i++) {
      place.append(' ').append(trace[i].getFileName()).append(':').append(trace[i].getLineNumber());
    }
    return place.toString();
  }

  @Override
  public String toString() {
    return name;
  }
}
