package io.vrouter.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The measured values so far. Thread-safe: simulations run in parallel. */
final class Figures {
  private final Map<Line, List<Double>> values = new LinkedHashMap<>();
  private final PrintStream out;

  Figures(PrintStream out) {
    this.out = out;
  }

  /** Reserves a line's place in the table. */
  synchronized void expect(Line line) {
    values.computeIfAbsent(line, l -> new ArrayList<>());
  }

  synchronized void add(Line line, double value) {
    values.computeIfAbsent(line, l -> new ArrayList<>()).add(value);
  }

  /** Adds the values of one run. */
  void merge(Figures run) {
    Map<Line, List<Double>> found;
    synchronized (run) {
      found = new LinkedHashMap<>(run.values);
    }
    found.forEach((line, list) -> list.forEach(value -> add(line, value)));
  }

  /** All values on one line, without tabs. */
  synchronized String serialized() {
    StringBuilder text = new StringBuilder();
    values.forEach(
        (line, list) -> {
          text.append(text.length() == 0 ? "" : ";").append(line.serialized());
          list.forEach(value -> text.append('|').append(value));
        });
    return text.toString();
  }

  /** Adds the values of a {@link #serialized} line. */
  static Figures parse(String text) {
    Figures figures = new Figures(System.out);
    for (String part : text.split(";", -1)) {
      String[] fields = part.split("\\|", -1);
      Line line = Line.parse(fields);
      for (int i = Line.FIELDS; i < fields.length; i++) {
        figures.add(line, Double.parseDouble(fields[i]));
      }
    }
    return figures;
  }

  /** Adds a count. */
  void count(Line line, long value) {
    add(line, (double) value);
  }

  /** Reports the end of one simulation: its seed reproduces the same digest. */
  synchronized void done(String what, int nodes, long seed, long digest, double cpuSeconds) {
    out.printf(
        Locale.ROOT,
        "  %-44s %5d nodes, seed %d, digest %016x (%.1f s of CPU)%n",
        what,
        nodes,
        seed,
        digest,
        cpuSeconds);
  }

  /** Prints the table; returns whether every aim was met. */
  synchronized boolean print() {
    boolean met = true;
    out.printf("%n%-58s %6s %9s %9s %9s %6s%n", "what", "nodes", "median", "p99", "aim", "n");
    for (Map.Entry<Line, List<Double>> entry : values.entrySet()) {
      Line line = entry.getKey();
      List<Double> sorted = entry.getValue().stream().sorted().toList();
      if (sorted.isEmpty()) {
        continue;
      }
      double never = sorted.get(0);
      double total = sorted.stream().mapToDouble(v -> v).sum();
      double worst = never < 0 ? never : sorted.get((int) Math.ceil(sorted.size() * 0.99) - 1);
      double shown = line.sum() ? total : worst;
      boolean good = shown >= 0 && shown <= line.aim();
      met &= good;
      out.printf(
          "%-58s %6d %9s %9s %9s %6d%s%n",
          line.unit().isEmpty() ? line.what() : line.what() + " (" + line.unit() + ")",
          line.nodes(),
          line.sum() ? "" : line.number(sorted.get(sorted.size() / 2)),
          line.number(shown),
          Double.isInfinite(line.aim()) ? "" : "<= " + aim(line.aim()),
          sorted.size(),
          good ? "" : "  MISSED");
    }
    return met;
  }

  private static String aim(double aim) {
    return aim == Math.rint(aim)
        ? String.format(Locale.ROOT, "%.0f", aim)
        : String.format(Locale.ROOT, "%.1f", aim);
  }
}
