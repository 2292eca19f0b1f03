package io.vrouter.mesh.config;

import java.util.Map;
import java.util.stream.Collectors;

/** Upper bound on the guessing entropy of a hand-made secret. Pure. */
public final class SecretStrength {
  /** Fewer bits can be searched offline with one recorded datagram. */
  public static final int ENOUGH = 100;

  private SecretStrength() {}

  /**
   * An upper bound in bits: the entropy of the text's characters, a text that repeats itself
   * counted once. Words of a dictionary have far less.
   */
  public static int bits(String secret) {
    String text = period(secret);
    Map<Integer, Long> counts =
        text.codePoints().boxed().collect(Collectors.groupingBy(c -> c, Collectors.counting()));
    double length = text.codePointCount(0, text.length());
    double each =
        counts.values().stream()
            .mapToDouble(count -> -count / length * Math.log(count / length) / Math.log(2))
            .sum();
    return (int) (each * length);
  }

  /** The shortest text whose repetition the secret begins with. */
  private static String period(String secret) {
    for (int length = 1; length < secret.length(); length++) {
      if (secret.startsWith(secret.substring(length))) {
        return secret.substring(0, length);
      }
    }
    return secret;
  }
}
