package io.vrouter.mesh.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** The known word nearest to a mistyped one. */
final class Nearest {
  private Nearest() {}

  /** The candidate with the fewest edits, if at most a third of the word is wrong. */
  static Optional<String> to(String word, Collection<String> candidates) {
    return candidates.stream()
        .min(Comparator.comparingInt((String candidate) -> edits(word, candidate)))
        .filter(candidate -> edits(word, candidate) <= Math.max(2, word.length() / 3));
  }

  /** Levenshtein distance, case and underscores apart. */
  static int edits(String left, String right) {
    String a = left.toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    String b = right.toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
