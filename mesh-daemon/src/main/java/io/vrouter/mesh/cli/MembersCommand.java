package io.vrouter.mesh.cli;

import io.vrouter.mesh.control.MemberStatus;
import io.vrouter.mesh.control.Members;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "members", description = "The hosts of the mesh, this one included.")
final class MembersCommand implements Callable<Integer> {
  private static final int MAX_SUBNETS = 4;
  private static final List<String> COLUMNS =
      List.of(
          "NAME",
          "STATUS",
          "UNDERLAY",
          "OVERLAY",
          "SUBNETS",
          "SINCE",
          "VERSION",
          "ID",
          "PATH",
          "RTT");
  private static final List<String> WIDE = List.of("PATH SINCE", "MAC");

  private final Session session;

  @Option(names = "--all", description = "list those that left or were replaced, too")
  private boolean all;

  MembersCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws Exception {
    Members members = session.api().members(all);
    if (!session.printed(members)) {
      print(members);
    }
    return ExitCode.OK;
  }

  private void print(Members members) {
    Map<MemberStatus, Integer> counts = new EnumMap<>(MemberStatus.class);
    members.members().forEach(member -> counts.merge(member.status(), 1, Integer::sum));
    String self =
        members.members().stream()
            .filter(member -> member.id().equals(members.self()))
            .map(member -> "; this is " + Text.safe(member.name()))
            .findFirst()
            .orElse("");
    session.out().println(session.paint().strong(StatusCommand.counts(counts)) + self);
    List<String> columns = new ArrayList<>(COLUMNS);
    if (session.isWide()) {
      columns.addAll(WIDE);
    }
    Table table = new Table(columns.toArray(String[]::new));
    for (Members.Member member : members.members()) {
      List<String> row = new ArrayList<>(row(member));
      if (session.isWide()) {
        row.add(member.path() == null ? "-" : age(member.path().since()));
        row.add(orDash(member.mac()));
      }
      table.row(row.toArray(String[]::new));
    }
    table.print(session.out());
  }

  private List<String> row(Members.Member member) {
    return List.of(
        Text.safe(member.name()),
        session.paint().status(member.status()),
        Text.safe(member.underlay()),
        orDash(member.overlay()),
        subnets(member.subnets()),
        age(member.since()),
        Text.safe(member.version()),
        session.isWide() ? Text.safe(member.id()) : abbreviated(member.id()),
        path(member.path()),
        rtt(member.path()));
  }

  private String age(Instant since) {
    return Text.age(Duration.between(since, session.clock().instant()));
  }

  private static String rtt(Members.@Nullable Path path) {
    return path == null || path.rttMicros() == null ? "-" : Text.micros(path.rttMicros());
  }

  private String path(Members.@Nullable Path path) {
    if (path == null) {
      return "-";
    }
    String text = path.words();
    return switch (path.state()) {
      case OK -> session.paint().good(text);
      case DEGRADED -> session.paint().doubtful(text);
      case UNREACHABLE -> session.paint().bad(text);
      case UNKNOWN -> text;
    };
  }

  private String subnets(List<Members.Subnet> subnets) {
    if (subnets.isEmpty()) {
      return "-";
    }
    int most = session.isWide() ? subnets.size() : MAX_SUBNETS;
    String shown =
        String.join(
            ",", subnets.stream().limit(most).map(subnet -> Text.safe(subnet.prefix())).toList());
    return subnets.size() > most ? shown + " +" + (subnets.size() - most) : shown;
  }

  static String orDash(@Nullable String text) {
    return Text.safe(Objects.requireNonNullElse(text, "-"));
  }

  static String abbreviated(String id) {
    return Text.safe(id.length() > 8 ? id.substring(0, 8) : id);
  }
}
