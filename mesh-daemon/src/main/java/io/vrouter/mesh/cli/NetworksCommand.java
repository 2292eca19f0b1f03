package io.vrouter.mesh.cli;

import io.vrouter.mesh.control.Networks;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "networks", description = "The container networks of all hosts.")
final class NetworksCommand implements Callable<Integer> {
  private final Session session;

  NetworksCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws Exception {
    Networks networks = session.api().networks();
    if (!session.printed(networks)) {
      print(networks, new NodeNames(session.api().members(true)));
    }
    return ExitCode.OK;
  }

  private void print(Networks networks, NodeNames names) {
    Paint paint = session.paint();
    long good =
        networks.networks().stream()
            .filter(network -> network.state() == Networks.NetworkState.ADVERTISED)
            .count();
    session
        .out()
        .println(
            paint.strong(
                good + " of " + Text.count(networks.networks().size(), "network") + " advertised"));
    if (networks.networks().isEmpty()) {
      return;
    }
    Table table = new Table("PREFIX", "VNI", "NODE", "STACK", "NETWORK", "STATE", "REASON");
    for (Networks.Network network : networks.networks()) {
      String state = network.state().text();
      table.row(
          Text.safe(network.prefix()),
          Integer.toString(network.vni()),
          names.of(network.node()),
          MembersCommand.orDash(network.stack()),
          MembersCommand.orDash(network.network()),
          network.state() == Networks.NetworkState.ADVERTISED
              ? paint.good(state)
              : paint.bad(state),
          network.reason() == null ? "" : Text.safe(network.reason()));
    }
    table.print(session.out());
  }
}
