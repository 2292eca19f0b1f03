package io.vrouter.mesh.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(
    name = "rotate",
    description = "Change this host's WireGuard key without a lost packet: takes some seconds.")
final class EncryptionRotateCommand implements Callable<Integer> {
  private final Session session;

  EncryptionRotateCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws Exception {
    session.writableApi().rotateTunnelKey();
    session
        .err()
        .println(
            "a new key is made; the former one goes when all members use the new one:"
                + " 'meshctl status' lists both until then");
    return ExitCode.OK;
  }
}
