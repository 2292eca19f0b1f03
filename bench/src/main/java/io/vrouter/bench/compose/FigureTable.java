package io.vrouter.bench.compose;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Median and worst of the measured values, beside their aims. One thread. */
public final class FigureTable {
  private static final String LINE = "%-74s %8s %8s %10s %4s%s%n";
  private static final String RANKED = "%-62s %8s %8s %8s %5s  %-6s  %s%n";

  private final Map<String, Row> rows = new LinkedHashMap<>();

  /** The statistic of a line that is compared to the aim. */
  public enum Statistic {
    MEDIAN,
    P99,
    WORST
  }

  private record Row(List<Double> values, Statistic judged, double aim) {
    /** The value that this share of all doesn't exceed. */
    double rank(double share) {
      return values.stream().sorted().toList().get((int) Math.ceil(values.size() * share) - 1);
    }

    double median() {
      return FigureTable.median(values);
    }

    double p99() {
      return rank(0.99);
    }

    double worst() {
      return rank(1);
    }

    boolean good() {
      return switch (judged) {
            case MEDIAN -> median();
            case P99 -> p99();
            case WORST -> worst();
          }
          <= aim;
    }
  }

  /** Reserves a line's place; the line is printed once it has a value. */
  public void expect(String what, Statistic judged, double aim) {
    rows.put(what, new Row(new ArrayList<>(), judged, aim));
  }

  /** Adds a value; each single one must be at most {@code aim}; infinite: no aim. */
  void add(String what, double value, double aim) {
    rows.computeIfAbsent(what, it -> new Row(new ArrayList<>(), Statistic.WORST, aim))
        .values()
        .add(value);
  }

  /** Adds a value; it has no aim unless {@link #expect} or an earlier value set one. */
  public void add(String what, double value) {
    add(what, value, Double.POSITIVE_INFINITY);
  }

  static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get((sorted.size() - 1) / 2);
  }

  /** Prints the table with the ranks of {@code bench real}; returns whether every aim was met. */
  public boolean printRanked(PrintStream out) {
    out.printf(RANKED, "what", "median", "p99", "worst", "of", "", "");
    rows.values().removeIf(row -> row.values().isEmpty());
    rows.forEach(
        (what, row) -> {
          boolean aimless = Double.isInfinite(row.aim());
          out.printf(
              RANKED,
              what,
              number(row.median()),
              number(row.p99()),
              number(row.worst()),
              row.values().size(),
              aimless ? "" : row.good() ? "ok" : "MISSED",
              aimless
                  ? ""
                  : row.judged().name().toLowerCase(Locale.ROOT) + " <= " + number(row.aim()));
        });
    return rows.values().stream().allMatch(Row::good);
  }

  /** Prints the table; returns whether every aim was met. */
  public boolean print(PrintStream out) {
    boolean met = true;
    out.printf(LINE, "what", "median", "worst", "aim", "n", "");
    rows.values().removeIf(row -> row.values().isEmpty());
    for (Map.Entry<String, Row> entry : rows.entrySet()) {
      Row row = entry.getValue();
      boolean good = row.good();
      met &= good;
      out.printf(
          LINE,
          entry.getKey(),
          number(row.median()),
          number(row.worst()),
          Double.isInfinite(row.aim()) ? "" : "<= " + number(row.aim()),
          row.values().size(),
          good ? "" : "  MISSED");
    }
    return met;
  }

  private static String number(double value) {
    return String.format(
        Locale.ROOT, value == Math.rint(value) || value >= 10 ? "%.0f" : "%.2f", value);
  }
}
