package io.vrouter.mesh.cli;

import io.vrouter.mesh.control.Pools;
import io.vrouter.mesh.control.SubnetClaim;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The commands of {@code meshctl subnet}. */
final class SubnetCommands {
  private SubnetCommands() {}

  @Command(
      name = "claim",
      description = "Print a subnet of this host's ranges; the same again for the same name.")
  static final class ClaimCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(paramLabel = "NAME", description = "1 to 64 printable characters without spaces")
    private String name = "";

    ClaimCommand(Session session) {
      this.session = session;
    }

    @Override
    public Integer call() throws Exception {
      Pools before = PoolRangeWait.forRange(session, true);
      SubnetClaim claim = session.writableApi().claimSubnet(name);
      boolean fresh = before.subnets().stream().noneMatch(it -> it.name().equals(name));
      if (fresh && before.applied() != Pools.InDaemonJson.NO) {
        session
            .err()
            .println(
                (before.applied() == Pools.InDaemonJson.UNKNOWN
                        ? "if this host's pools were applied, "
                        : "")
                    + "run 'meshctl docker-pools --apply' again and restart the engine: until then"
                    + " Docker may hand out "
                    + claim.subnet()
                    + ", too");
        session.err().flush();
      }
      if (!session.printed(claim)) {
        session.out().println(claim.subnet());
      }
      return ExitCode.OK;
    }
  }

  @Command(name = "release", description = "Take back the subnet that a name was given.")
  static final class ReleaseCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(paramLabel = "NAME", description = "as it was claimed")
    private String name = "";

    ReleaseCommand(Session session) {
      this.session = session;
    }

    @Override
    public Integer call() throws Exception {
      SubnetClaim released = session.writableApi().releaseSubnet(name);
      session.err().println("released " + released.subnet() + " of " + Text.safe(released.name()));
      session.printed(released);
      return ExitCode.OK;
    }
  }
}
