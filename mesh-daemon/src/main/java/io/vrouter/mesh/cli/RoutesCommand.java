package io.vrouter.mesh.cli;

import io.vrouter.mesh.control.Routes;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "routes", description = "The remote prefixes, and whether they are reached.")
final class RoutesCommand implements Callable<Integer> {
  private final Session session;

  RoutesCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws Exception {
    Routes routes = session.api().routes();
    if (!session.printed(routes)) {
      print(routes, new NodeNames(session.api().members(true)));
    }
    return ExitCode.OK;
  }

  private void print(Routes routes, NodeNames names) {
    Paint paint = session.paint();
    long installed =
        routes.routes().stream().filter(route -> route.state() == Routes.State.INSTALLED).count();
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
          route.state() == Routes.State.INSTALLED ? paint.good(state) : paint.bad(state));
    }
    table.print(session.out());
  }
}
