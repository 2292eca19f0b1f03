package io.vrouter.mesh.cli;

import io.vrouter.mesh.control.TestReport;
import java.util.stream.Collectors;

/** A test report in the form that continuous integration reads. Pure. */
final class JunitXml {
  private JunitXml() {}

  /** One test case for each pair of hosts. */
  static String of(TestReport report) {
    StringBuilder xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    long failed = report.pairs().stream().filter(pair -> !pair.ok()).count();
    xml.append(
        "<testsuite name=\"meshctl test\" tests=\"%d\" failures=\"%d\">\n"
            .formatted(report.pairs().size(), failed));
    for (TestReport.Pair pair : report.pairs()) {
      xml.append(
          "  <testcase classname=\"mesh\" name=\"%s and %s\""
              .formatted(quoted(pair.from()), quoted(pair.to())));
      if (pair.ok()) {
        xml.append("/>\n");
      } else {
        String text =
            pair.failures().stream()
                .map(it -> it.from() + " and " + it.to() + ": " + it.cause() + "; " + it.fix())
                .collect(Collectors.joining("\n"));
        xml.append(
            ">\n    <failure message=\"%d pairs of networks failed\">%s</failure>\n  </testcase>\n"
                .formatted(pair.failed(), quoted(text)));
      }
    }
    return xml.append("</testsuite>\n").toString();
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder();
    text.lines()
        .map(Text::safe)
        .collect(Collectors.joining("\n"))
        .codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '<' -> quoted.append("&lt;");
                case '>' -> quoted.append("&gt;");
                case '&' -> quoted.append("&amp;");
                case '"' -> quoted.append("&quot;");
                default -> quoted.appendCodePoint(c);
              }
            });
    return quoted.toString();
  }
}
