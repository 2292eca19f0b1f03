package io.vrouter.bench;

import java.util.Locale;

/**
 * One line of the table.
 *
 * @param what the measured quantity
 * @param nodes in the mesh
 * @param unit of the values
 * @param aim the largest allowed value; infinite when there is no aim
 * @param sum whether the values add up; else median and worst are shown
 */
record Line(String what, int nodes, String unit, double aim, boolean sum) {
  /** Fields of {@link #serialized}. */
  static final int FIELDS = 5;

  String serialized() {
    return String.join(
        "|", what, String.valueOf(nodes), unit, String.valueOf(aim), String.valueOf(sum));
  }

  static Line parse(String[] fields) {
    return new Line(
        fields[0],
        Integer.parseInt(fields[1]),
        fields[2],
        Double.parseDouble(fields[3]),
        Boolean.parseBoolean(fields[4]));
  }

  static Line worst(String what, int nodes, String unit, double aim) {
    return new Line(what, nodes, unit, aim, false);
  }

  static Line sum(String what, int nodes, String unit, double aim) {
    return new Line(what, nodes, unit, aim, true);
  }

  static Line plain(String what, int nodes, String unit) {
    return new Line(what, nodes, unit, Double.POSITIVE_INFINITY, false);
  }

  static Line count(String what, int nodes) {
    return new Line(what, nodes, "", Double.POSITIVE_INFINITY, true);
  }

  String number(double value) {
    if (value < 0) {
      return "never";
    }
    return unit.equals("s")
        ? String.format(Locale.ROOT, "%.3f", value)
        : String.format(Locale.ROOT, "%.0f", value);
  }
}
