package io.vrouter.mesh.cli;

import io.vrouter.mesh.control.Json;
import io.vrouter.mesh.control.MeshApi;
import io.vrouter.mesh.control.Pools;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "docker-pools",
    description =
        "Claim a range of subnets for this host and print it as Docker's default-address-pools.")
final class DockerPoolsCommand implements Callable<Integer> {
  private final Session session;

  @Option(
      names = "--apply",
      description = "put it into /etc/docker/daemon.json, too, and keep all else there")
  private boolean apply;

  DockerPoolsCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws Exception {
    Pools pools = PoolRangeWait.forRange(session, apply);
    if (apply) {
      apply(session.writableApi());
      pools = session.api().pools();
    }
    if (!session.printed(pools)) {
      session.out().println(Json.pretty(pools.daemonPart()));
    }
    return ExitCode.OK;
  }

  private void apply(MeshApi api) throws Exception {
    Pools.Applied applied = api.applyPools();
    String file = Text.safe(applied.file());
    applied
        .replaced()
        .forEach(
            pool -> session.err().println("replaced the pool " + Text.safe(pool) + " in " + file));
    session
        .err()
        .println(
            applied.changed()
                ? "wrote "
                    + file
                    + ": restart the engine (systemctl restart docker), then create networks anew"
                : file + " has these pools already; an engine applies them at its next restart");
  }
}
