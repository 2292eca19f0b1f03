package io.vrouter.mesh.cli;

import io.vrouter.membership.crypto.MeshToken;
import io.vrouter.mesh.control.TokenView;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The commands of {@code meshctl token}. */
final class TokenCommands {
  private TokenCommands() {}

  @Command(
      name = "create",
      description = "Print a new token, alone on the last line. Needs no daemon.")
  static final class Create implements Callable<Integer> {
    private final Session session;

    @Option(
        names = "--name",
        paramLabel = "NAME",
        description = "name of the mesh (default ${DEFAULT-VALUE})")
    private String name = MeshToken.DEFAULT_NAME;

    @Option(
        names = "--seed",
        paramLabel = "HOST[:PORT]",
        description = "a host to contact first, carried in the token (repeat)")
    private List<String> seeds = List.of();

    Create(Session session) {
      this.session = session;
    }

    @Override
    public Integer call() throws Exception {
      MeshToken token;
      try {
        token = MeshToken.create(name, seeds, new SecureRandom());
      } catch (IllegalArgumentException e) {
        throw new CommandException(
            ExitCode.USAGE, String.valueOf(e.getMessage()), "see 'meshctl token create --help'");
      }
      session
          .err()
          .println(
              "mesh "
                  + Text.safe(token.clusterName())
                  + ", fingerprint "
                  + token.fingerprint()
                  + ": give this token to meshd on every host; keep it secret, in a file that only"
                  + " its owner reads (umask 077, or chmod 0600)");
      session.err().flush();
      session.out().println(token.encode());
      return ExitCode.OK;
    }
  }

  @Command(name = "show", description = "The mesh's name and the token's fingerprint.")
  static final class Show implements Callable<Integer> {
    private final Session session;

    Show(Session session) {
      this.session = session;
    }

    @Override
    public Integer call() throws Exception {
      TokenView token = session.api().token();
      if (!session.printed(token)) {
        session
            .out()
            .println("mesh " + Text.safe(token.cluster()) + ", fingerprint " + token.fingerprint());
      }
      return ExitCode.OK;
    }
  }
}
