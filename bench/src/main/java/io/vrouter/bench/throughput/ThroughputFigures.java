package io.vrouter.bench.throughput;

import io.vrouter.bench.throughput.Carrier.Traffic;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Every value measured, in the order of the runs, and the document that is made of them. */
final class ThroughputFigures {
  static final String SWARM = "Docker Swarm overlay";
  static final String HAND = "VXLAN by hand";
  static final String MESH = "mesh";
  static final String FAST = "mesh, --fast-path on";
  static final String UNDERLAY = "underlay";

  /** Least ratio to Swarm's overlay that the fast path aims at; of round trips the largest. */
  private static final Map<Traffic, Double> AIMS =
      Map.of(Traffic.TCP_1, 1.0, Traffic.UDP_64, 1.2, Traffic.ROUND_TRIP, 0.9);

  private final Map<Traffic, Map<String, List<Double>>> values = new LinkedHashMap<>();

  /** Reserves a place in the tables. */
  void expect(Traffic traffic, String carrier) {
    values
        .computeIfAbsent(traffic, it -> new LinkedHashMap<>())
        .computeIfAbsent(carrier, it -> new ArrayList<>());
  }

  void add(Traffic traffic, String carrier, double value) {
    values
        .computeIfAbsent(traffic, it -> new LinkedHashMap<>())
        .computeIfAbsent(carrier, it -> new ArrayList<>())
        .add(value);
  }

  private static double median(List<Double> of) {
    List<Double> sorted = of.stream().sorted().toList();
    int half = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(half)
        : (sorted.get(half - 1) + sorted.get(half)) / 2;
  }

  /** Median of one kind; NaN where it was not measured. */
  double median(Traffic traffic, String carrier) {
    List<Double> of = values.getOrDefault(traffic, Map.of()).get(carrier);
    return of == null ? Double.NaN : median(of);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value < 100 ? "%.1f" : "%.0f", value);
  }

  /** The tables, as Markdown. */
  String tables() {
    StringBuilder out = new StringBuilder();
    for (Map.Entry<Traffic, Map<String, List<Double>>> entry : values.entrySet()) {
      Traffic traffic = entry.getKey();
      out.append("## %s (%s)%n%n".formatted(traffic.title, traffic.unit))
          .append("| | median | least to most | of Swarm's | of by hand | every run |\n")
          .append("|---|---|---|---|---|---|\n");
      entry
          .getValue()
          .forEach(
              (carrier, runs) -> {
                List<Double> sorted = runs.stream().sorted().toList();
                out.append("| ").append(carrier).append(" | **");
                out.append(number(median(runs))).append("** | ").append(number(sorted.get(0)));
                out.append(" to ").append(number(sorted.get(sorted.size() - 1)));
                out.append(" | ").append(ratio(traffic, carrier, SWARM));
                out.append(" | ").append(ratio(traffic, carrier, HAND)).append(" | ");
                out.append(
                    String.join(", ", runs.stream().map(ThroughputFigures::number).toList()));
                out.append(" |\n");
              });
      Double aim = AIMS.get(traffic);
      double ratio = median(traffic, FAST) / median(traffic, SWARM);
      if (aim != null && !Double.isNaN(ratio)) {
        boolean met = traffic.more ? ratio >= aim : ratio <= aim;
        out.append(
            String.format(
                Locale.ROOT,
                "%nWith the fast path %.2f of Swarm's; the aim is %s %.1f: %s.%n",
                ratio,
                traffic.more ? "at least" : "at most",
                aim,
                met ? "met" : "**missed**"));
      }
      out.append('\n');
    }
    return out.toString();
  }

  private String ratio(Traffic traffic, String carrier, String to) {
    double ratio = median(traffic, carrier) / median(traffic, to);
    return Double.isNaN(ratio) ? "-" : String.format(Locale.ROOT, "%.2f", ratio);
  }

  /** The medians as bars, each kind by its own largest. */
  String picture() {
    StringBuilder out = new StringBuilder();
    int y = 0;
    for (Map.Entry<Traffic, Map<String, List<Double>>> entry : values.entrySet()) {
      Traffic traffic = entry.getKey();
      double most =
          entry.getValue().values().stream().mapToDouble(ThroughputFigures::median).max().orElse(1);
      y += 26;
      out.append(
          "<text x=\"8\" y=\"%d\" font-weight=\"bold\">%s (%s%s)</text>%n"
              .formatted(y, traffic.title, traffic.unit, traffic.more ? "" : ", less is better"));
      for (Map.Entry<String, List<Double>> carrier : entry.getValue().entrySet()) {
        double value = median(carrier.getValue());
        y += 20;
        out.append("<text x=\"8\" y=\"%d\">%s</text>%n".formatted(y, carrier.getKey()));
        out.append(
            String.format(
                Locale.ROOT,
                "<rect x=\"190\" y=\"%d\" width=\"%.0f\" height=\"14\" fill=\"%s\"/>%n",
                y - 12,
                420 * value / most,
                carrier.getKey().startsWith(MESH) ? "#2f6fde" : "#9aa5b1"));
        out.append(
            String.format(
                Locale.ROOT,
                "<text x=\"%.0f\" y=\"%d\">%s</text>%n",
                196 + 420 * value / most,
                y,
                number(value)));
      }
    }
    return ("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"700\" height=\"%d\""
            + " font-family=\"sans-serif\" font-size=\"13\">%n"
            + "<rect width=\"700\" height=\"%d\" fill=\"#ffffff\"/>%n%s</svg>%n")
        .formatted(y + 14, y + 14, out);
  }
}
