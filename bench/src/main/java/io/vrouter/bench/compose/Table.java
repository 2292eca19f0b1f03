package io.vrouter.bench.compose;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Median and worst of what was measured, beside what is aimed at. One thread. */
final class Table {
  private static final String LINE = "%-74s %8s %8s %10s %4s%s%n";

  private final Map<String, Row> rows = new LinkedHashMap<>();

  private record Row(List<Double> values, double aim) {
    List<Double> sorted() {
      return values.stream().sorted().toList();
    }

    double worst() {
      return sorted().get(values.size() - 1);
    }
  }

  /** Adds a value of which every single one is to be at most {@code aim}; infinite: no aim. */
  void add(String what, double value, double aim) {
    rows.computeIfAbsent(what, it -> new Row(new ArrayList<>(), aim)).values().add(value);
  }

  /** Adds a value without an aim. */
  void add(String what, double value) {
    add(what, value, Double.POSITIVE_INFINITY);
  }

  static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get((sorted.size() - 1) / 2);
  }

  /** Prints it; whether every aim was met. */
  boolean print(PrintStream out) {
    boolean met = true;
    out.printf(LINE, "what", "median", "worst", "aim", "n", "");
    for (Map.Entry<String, Row> entry : rows.entrySet()) {
      Row row = entry.getValue();
      boolean good = row.worst() <= row.aim();
      met &= good;
      out.printf(
          LINE,
          entry.getKey(),
          number(median(row.values())),
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
