package io.vrouter.mesh.cli;

import io.vrouter.membership.crypto.MeshToken;
import io.vrouter.membership.crypto.OperatorKey;
import io.vrouter.mesh.control.KeysApi;
import io.vrouter.mesh.control.TokenView;
import io.vrouter.mesh.control.Tokens;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands of {@code meshctl token}. */
final class TokenCommands {
  private TokenCommands() {}

  @Command(
      name = "create",
      description = {
        "Print a new token, alone on the last line.",
        "Without --once, --expires and --admit it is the token of a new mesh and needs no daemon."
            + " With one of them it admits further hosts to the mesh of this host's daemon."
      })
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

    @Option(
        names = "--operator-key",
        paramLabel = "FILE",
        description = {
          "the new mesh's operator: bans and policies that this key signs count on all hosts. The"
              + " file is made when missing, as by 'policy key create'; to ban with it, put it into"
              + " a state directory as 'operator-key'"
        })
    private @Nullable Path operatorKey;

    @Option(names = "--once", description = "admits one host, at this host only; within a day")
    private boolean once;

    @Option(
        names = "--expires",
        paramLabel = "DURATION",
        converter = DurationConverter.class,
        description = "admits hosts for so long, e.g. 30m or 24h")
    private @Nullable Duration expires;

    @Option(names = "--admit", description = "admits hosts until it is revoked or keys rotate")
    private boolean admit;

    Create(Session session) {
      this.session = session;
    }

    @Override
    public Integer call() throws Exception {
      if (once || expires != null || admit) {
        return admitting();
      }
      MeshToken token;
      try {
        token =
            operatorKey == null
                ? MeshToken.create(name, seeds, new SecureRandom())
                : MeshToken.create(
                    name, seeds, operator(operatorKey).publicKey(), new SecureRandom());
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

    private OperatorKey operator(Path file) throws CommandException {
      session.clientOnly();
      return OperatorKeys.readOrCreate(file);
    }

    private int admitting() throws Exception {
      if (operatorKey != null || !name.equals(MeshToken.DEFAULT_NAME)) {
        throw new CommandException(
            ExitCode.USAGE,
            "--name and --operator-key are for the token of a new mesh",
            "leave them out: the new token carries this mesh's");
      }
      Duration lifetime = once && expires == null ? Duration.ofDays(1) : expires;
      KeysApi.IssuedToken token = session.writableApi().keys().createToken(seeds, lifetime, once);
      session
          .err()
          .println(
              "token "
                  + token.id()
                  + (once ? " admits one host at this host" : " admits hosts")
                  + (lifetime == null ? "" : " within " + Text.age(lifetime))
                  + "; 'meshctl token revoke "
                  + token.id()
                  + "' ends it");
      session.err().flush();
      session.out().println(token.text());
      return ExitCode.OK;
    }
  }

  @Command(name = "list", description = "The tokens of this mesh by id; no token is printed.")
  static final class TokenList implements Callable<Integer> {
    private final Session session;

    TokenList(Session session) {
      this.session = session;
    }

    @Override
    public Integer call() throws Exception {
      Tokens tokens = session.api().keys().tokens();
      if (!session.printed(tokens)) {
        NodeNames names = new NodeNames(session.api().members(true));
        Table table = new Table("ID", "KIND", "STATE", "BY", "LEFT");
        for (Tokens.ListedToken token : tokens.tokens()) {
          Long left = token.leftSeconds();
          String by = token.by();
          table.row(
              token.id(),
              token.kind(),
              token.state(),
              by == null ? "-" : names.of(by),
              left == null ? "-" : Text.age(Duration.ofSeconds(left)));
        }
        table.print(session.out());
      }
      return ExitCode.OK;
    }
  }

  @Command(name = "revoke", description = "From now on this token admits nobody, on all hosts.")
  static final class TokenRevocation implements Callable<Integer> {
    private final Session session;

    @Parameters(paramLabel = "ID", description = "as 'token list' shows it")
    private String id = "";

    TokenRevocation(Session session) {
      this.session = session;
    }

    @Override
    public Integer call() throws Exception {
      session.writableApi().keys().revokeToken(id);
      session
          .err()
          .println(
              "revoked " + Text.safe(id) + "; members stay: 'keys rotate' gives them new keys");
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
