package io.vrouter.mesh.cli;

import io.vrouter.mesh.control.Routes;
import io.vrouter.mesh.control.Withdrawn;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "routes", description = "The remote prefixes, and whether they are reached.")
final class RoutesCommand implements Callable<Integer> {
  private final Session session;

  @Option(names = "--withdrawn", description = "what the mesh held, and is closed for a while")
  private boolean withdrawn;

  @Option(
      names = "--forget",
      paramLabel = "PREFIX",
      description = "let a withdrawn prefix go: it may be reached by other routes again")
  private @Nullable String forget;

  RoutesCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws Exception {
    if (forget != null) {
      session.writableApi().forgetPrefix(forget);
      session.err().println("forgot " + Text.safe(forget));
      session.err().flush();
      if (!withdrawn) {
        return ExitCode.OK;
      }
    }
    if (withdrawn) {
      Withdrawn held = session.api().withdrawn();
      if (!session.printed(held)) {
        print(held, new NodeNames(session.api().members(true)));
      }
      return ExitCode.OK;
    }
    Routes routes = session.api().routes();
    if (!session.printed(routes)) {
      print(routes, new NodeNames(session.api().members(true)));
    }
    return ExitCode.OK;
  }

  private void print(Withdrawn held, NodeNames names) {
    int count = held.withdrawn().size();
    session
        .out()
        .println(
            session.paint().strong(count + (count == 1 ? " prefix" : " prefixes") + " held back"));
    if (held.withdrawn().isEmpty()) {
      return;
    }
    Table table = new Table("PREFIX", "NODE", "WITHDRAWN", "CLOSED FOR");
    for (Withdrawn.WithdrawnPrefix prefix : held.withdrawn()) {
      table.row(
          Text.safe(prefix.prefix()),
          prefix.node().isEmpty() ? "-" : names.of(prefix.node()),
          Text.age(Duration.ofSeconds(prefix.withdrawnSeconds())) + " ago",
          Text.age(Duration.ofSeconds(prefix.remainingSeconds())));
    }
    table.print(session.out());
  }

  private void print(Routes routes, NodeNames names) {
    Paint paint = session.paint();
    long installed =
        routes.routes().stream()
            .filter(route -> route.state() == Routes.RouteCondition.INSTALLED)
            .count();
    session
        .out()
        .println(
            paint.strong(
                installed + " of " + Text.count(routes.routes().size(), "route") + " installed"));
    if (routes.routes().isEmpty()) {
      return;
    }
    Table table = new Table("PREFIX", "VIA", "DEVICE", "NODE", "STATE");
    for (Routes.Route route : routes.routes()) {
      String state = route.state().text();
      table.row(
          Text.safe(route.prefix()),
          Text.safe(route.via()),
          Text.safe(route.device()),
          names.of(route.node()),
          route.state() == Routes.RouteCondition.INSTALLED ? paint.good(state) : paint.bad(state));
    }
    table.print(session.out());
  }
}
