package io.vrouter.mesh.cli;

import io.vrouter.mesh.config.Secret;
import java.time.Duration;

/** Texts for terminals. */
final class Text {
  private Text() {}

  /**
   * The text without characters that control a terminal, since names and causes come from other
   * hosts, and without tokens, which a mistaken argument may be.
   */
  static String safe(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    Secret.hidden(text).codePoints().map(c -> steers(c) ? '?' : c).forEach(clean::appendCodePoint);
    return clean.toString();
  }

  private static boolean steers(int c) {
    return Character.isISOControl(c)
        || Character.getType(c) == Character.FORMAT
        || c == 0x2028
        || c == 0x2029;
  }

  /** The largest unit that fits: {@code 42s}, {@code 3m}, {@code 5h}, {@code 12d}. */
  static String age(Duration age) {
    long seconds = Math.max(0, age.toSeconds());
    if (seconds < 120) {
      return seconds + "s";
    }
    if (seconds < 2 * 3_600) {
      return seconds / 60 + "m";
    }
    return seconds < 2 * 86_400 ? seconds / 3_600 + "h" : seconds / 86_400 + "d";
  }

  /** {@code 85 µs}, {@code 1.3 ms}, {@code 120 ms}, {@code 2.5 s}. */
  static String micros(long micros) {
    if (micros < 1_000) {
      return micros + " µs";
    }
    if (micros < 1_000_000) {
      return tenths(micros, 1_000) + " ms";
    }
    return tenths(micros, 1_000_000) + " s";
  }

  /** {@code 512 B}, {@code 1.5 KiB}, {@code 20 MiB}. */
  static String size(long octets) {
    String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
    int unit = 0;
    long of = 1;
    while (unit < units.length - 1 && octets >= of * 1_024) {
      of *= 1_024;
      unit++;
    }
    return tenths(octets, of) + " " + units[unit];
  }

  /** One decimal below ten, none above. */
  private static String tenths(long amount, long unit) {
    long tenths = amount / (unit / 10 == 0 ? 1 : unit / 10);
    return unit < 10 || tenths >= 100 || tenths % 10 == 0
        ? String.valueOf(amount / unit)
        : tenths / 10 + "." + tenths % 10;
  }

  /** {@code 1 member}, {@code 2 members}. */
  static String count(int number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }
}
