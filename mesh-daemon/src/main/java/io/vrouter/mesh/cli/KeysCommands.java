package io.vrouter.mesh.cli;

import io.vrouter.mesh.control.Keys;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The commands of {@code meshctl keys}. */
final class KeysCommands {
  private KeysCommands() {}

  @Command(name = "list", description = "The epochs of the mesh's key and who holds them; no key.")
  static final class KeyList implements Callable<Integer> {
    private final Session session;

    KeyList(Session session) {
      this.session = session;
    }

    @Override
    public Integer call() throws Exception {
      Keys keys = session.api().keys().keys();
      if (!session.printed(keys)) {
        print(keys, new NodeNames(session.api().members(true)));
      }
      return ExitCode.OK;
    }

    private void print(Keys keys, NodeNames names) {
      Table table = new Table("EPOCH", "ID", "USE", "AGE", "BY", "HOLDERS");
      for (Keys.KeyEpoch epoch : keys.epochs()) {
        table.row(
            Long.toString(epoch.number()),
            epoch.id(),
            epoch.use(),
            Text.age(Duration.ofSeconds(epoch.ageSeconds())),
            names.of(epoch.by()),
            Integer.toString(epoch.holders().size()));
      }
      table.print(session.out());
      if (!keys.laggards().isEmpty()) {
        session.out().println("without the current key: " + named(keys.laggards(), names));
      }
      for (Keys.BanWord ban : keys.bans()) {
        String by = ban.by() == null ? "the operator" : names.of(ban.by());
        session
            .out()
            .printf(
                "banned: %s, by %s%s%n",
                names.of(ban.node()), by, ban.inForce() ? "" : " (not in force here)");
      }
    }

    private static String named(List<String> ids, NodeNames names) {
      return ids.stream().map(names::of).collect(Collectors.joining(", "));
    }
  }

  @Command(
      name = "rotate",
      description = {
        "Begin an epoch with a fresh key. The members get it, and tokens made up to now admit"
            + " nobody: make one with 'token create --once' for the next host.",
        "A host that is away through two rotations needs a token to come back."
      })
  static final class KeyRotation implements Callable<Integer> {
    private final Session session;

    @Option(names = "--keep-tokens", description = "tokens go on admitting hosts")
    private boolean keepTokens;

    KeyRotation(Session session) {
      this.session = session;
    }

    @Override
    public Integer call() throws Exception {
      Keys keys = session.writableApi().keys().rotate(keepTokens);
      if (!session.printed(keys)) {
        session
            .err()
            .println(
                "epoch "
                    + keys.epochs().get(0).number()
                    + " begins; 'meshctl keys list' shows who holds its key"
                    + (keepTokens ? "" : "; earlier tokens admit nobody"));
      }
      return ExitCode.OK;
    }
  }
}
