package io.vrouter.mesh.control;

import io.vrouter.membership.Sha256;
import io.vrouter.mesh.model.Problem;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * The mesh as one page: verdict, problems, drawing, members. Has no script and loads nothing from
 * other origins, so that the policy can forbid both; reloads every 5 s.
 */
final class StatusPage {
  private static final String STYLE =
      """
      :root{--ink:#1d2327;--paper:#fbfbf9;--line:#d5d8d6;--good:#1a7f4b;--warn:#b26a00;--bad:#c4291c}
      @media(prefers-color-scheme:dark){:root{--ink:#e4e6e3;--paper:#15191b;--line:#3a4145;
      --good:#4cc38a;--warn:#f0b354;--bad:#ff7b6b}}
      body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);
      max-width:60rem;margin:2rem auto;padding:0 1rem}
      h1{font-size:1.5rem;margin:0}.good{color:var(--good)}.warn{color:var(--warn)}.bad{color:var(--bad)}
      .problem,.note{border-left:4px solid var(--bad);padding:.2rem .8rem;margin:1rem 0}
      .note{border-color:var(--line)}
      table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .8rem .3rem 0;
      border-bottom:1px solid var(--line);vertical-align:top}td{font-variant-numeric:tabular-nums}
      .scroll{overflow-x:auto}svg{display:block;width:100%;max-height:26rem;margin:1rem 0}
      svg text{font:12px system-ui,sans-serif;fill:var(--ink);text-anchor:middle}
      line{stroke:var(--line)}circle.good{fill:var(--good)}circle.warn{fill:var(--warn)}
      circle.bad{fill:var(--bad)}circle.self{stroke:var(--ink);stroke-width:3}
      """;

  /** The content security policy: this page's style, and nothing else. */
  static final String POLICY =
      "default-src 'none'; style-src 'sha256-"
          + sha256(STYLE)
          + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  /** Most members with a line between every two; more lines are unreadable. */
  private static final int MAX_MESHED = 24;

  private static final int MAX_LABELLED = 60;

  private StatusPage() {}

  static String render(Status status, Members members) {
    StringBuilder page = new StringBuilder(8_192);
    page.append("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">")
        .append("<meta name=\"viewport\" content=\"width=device-width\">")
        .append("<meta http-equiv=\"refresh\" content=\"5\"><title>")
        .append(status.healthy() ? "healthy" : "UNHEALTHY")
        .append(" – vRouter mesh</title><style>")
        .append(STYLE)
        .append("</style>");
    verdict(page, status);
    for (Problem problem : status.problems()) {
      page.append("<div class=\"")
          .append(problem.unhealthy() ? "problem" : "note")
          .append("\"><strong>")
          .append(escape(problem.code()))
          .append("</strong>")
          .append(problem.unhealthy() ? ": " : " (" + problem.severity() + "): ")
          .append(escape(problem.message()))
          .append("<br>Fix: ")
          .append(escape(problem.fix()))
          .append(problem.since() == null ? "" : "<br>Since: " + problem.since())
          .append("</div>");
    }
    draw(page, members);
    table(page, members);
    return page.append("</html>\n").toString();
  }

  private static void verdict(StringBuilder page, Status status) {
    page.append("<h1 class=\"")
        .append(status.healthy() ? "good\">Healthy" : "bad\">Unhealthy")
        .append("</h1><p>")
        .append(status.members().getOrDefault(MemberStatus.ALIVE, 0))
        .append(" alive");
    status.members().entrySet().stream()
        .filter(entry -> entry.getKey() != MemberStatus.ALIVE && entry.getValue() > 0)
        .forEach(
            entry ->
                page.append(", ")
                    .append(entry.getValue())
                    .append(' ')
                    .append(entry.getKey().text()));
    page.append(status.converged() ? ". The kernel is as the records say." : ". Converging…")
        .append("</p>");
  }

  private static void draw(StringBuilder page, Members members) {
    List<Members.Member> all = members.members();
    page.append("<svg viewBox=\"0 0 640 400\" role=\"img\" aria-label=\"")
        .append(all.size())
        .append(" members of the mesh; the table below says the same\">");
    double[] x = new double[all.size()];
    double[] y = new double[all.size()];
    for (int i = 0; i < all.size(); i++) {
      double angle = 2 * Math.PI * i / all.size() - Math.PI / 2;
      boolean alone = all.size() == 1;
      x[i] = 320 + (alone ? 0 : 230 * Math.cos(angle));
      y[i] = 195 + (alone ? 0 : 140 * Math.sin(angle));
    }
    for (int i = 0; i < all.size(); i++) {
      for (int j = i + 1; j < all.size(); j++) {
        boolean mine = isSelf(members, i) || isSelf(members, j);
        if (up(all.get(i)) && up(all.get(j)) && (mine || all.size() <= MAX_MESHED)) {
          page.append(
              String.format(
                  Locale.ROOT,
                  "<line x1=\"%.0f\" y1=\"%.0f\" x2=\"%.0f\" y2=\"%.0f\"/>",
                  x[i],
                  y[i],
                  x[j],
                  y[j]));
        }
      }
    }
    for (int i = 0; i < all.size(); i++) {
      Members.Member member = all.get(i);
      page.append(
          String.format(
              Locale.ROOT,
              "<circle class=\"%s%s\" cx=\"%.0f\" cy=\"%.0f\" r=\"%d\"><title>%s:"
                  + " %s</title></circle>",
              color(member.status()),
              isSelf(members, i) ? " self" : "",
              x[i],
              y[i],
              all.size() > MAX_LABELLED ? 4 : 9,
              escape(member.name()),
              member.status().text()));
      if (all.size() <= MAX_LABELLED) {
        page.append(
            String.format(
                Locale.ROOT,
                "<text x=\"%.0f\" y=\"%.0f\">%s</text>",
                x[i],
                y[i] + (y[i] < 195 ? -16 : 24),
                escape(member.name())));
      }
    }
    page.append("</svg>");
  }

  private static void table(StringBuilder page, Members members) {
    page.append(
            "<div class=\"scroll\"><table><tr><th>Name<th>Status<th>Path<th>Underlay<th>Overlay")
        .append("<th>Subnets<th>Since<th>Version</tr>");
    for (Members.Member member : members.members()) {
      page.append("<tr><td>")
          .append(escape(member.name()))
          .append(member.id().equals(members.self()) ? " (this host)" : "")
          .append("<td class=\"")
          .append(color(member.status()))
          .append("\">")
          .append(member.status().text())
          .append("<td>")
          .append(path(member))
          .append("<td>")
          .append(escape(member.underlay()))
          .append("<td>")
          .append(escape(Objects.requireNonNullElse(member.overlay(), "–")))
          .append("<td>");
      for (Members.Subnet subnet : member.subnets()) {
        page.append(escape(subnet.prefix())).append("<br>");
      }
      page.append("<td>")
          .append(member.since())
          .append("<td>")
          .append(escape(member.version()))
          .append("</tr>");
    }
    page.append("</table></div>");
  }

  private static String path(Members.Member member) {
    Members.Path path = member.path();
    if (path == null) {
      return "–";
    }
    String color =
        switch (path.state()) {
          case OK -> "good";
          case DEGRADED, UNKNOWN -> "warn";
          case UNREACHABLE -> "bad";
        };
    return "<span class=\"%s\">%s</span>".formatted(color, path.words());
  }

  private static boolean isSelf(Members members, int i) {
    return members.members().get(i).id().equals(members.self());
  }

  private static boolean up(Members.Member member) {
    return member.status() == MemberStatus.ALIVE || member.status() == MemberStatus.RESTARTING;
  }

  private static String color(MemberStatus status) {
    return switch (status) {
      case ALIVE -> "good";
      case SUSPECT, RESTARTING -> "warn";
      case FAILED, LEFT, REPLACED -> "bad";
    };
  }

  /** For element content and quoted attributes. */
  static String escape(String text) {
    StringBuilder safe = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> safe.append("&amp;");
        case '<' -> safe.append("&lt;");
        case '>' -> safe.append("&gt;");
        case '"' -> safe.append("&quot;");
        case '\'' -> safe.append("&#39;");
        default -> safe.append(Character.isISOControl(c) ? '\ufffd' : c);
      }
    }
    return safe.toString();
  }

  private static String sha256(String text) {
    byte[] digest = Sha256.of(text.getBytes(StandardCharsets.UTF_8));
    return Base64.getEncoder().encodeToString(digest);
  }
}
