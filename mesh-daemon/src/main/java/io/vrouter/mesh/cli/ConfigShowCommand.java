package io.vrouter.mesh.cli;

import io.vrouter.mesh.control.ConfigView;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "show", description = "Every setting, its value and where that came from.")
final class ConfigShowCommand implements Callable<Integer> {
  private final Session session;

  ConfigShowCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws Exception {
    ConfigView config = session.api().config();
    if (!session.printed(config)) {
      Table table = new Table("KEY", "VALUE", "FROM");
      config
          .settings()
          .forEach(
              setting ->
                  table.row(
                      setting.key(),
                      setting.value().isEmpty() ? "-" : Text.safe(setting.value()),
                      Text.safe(setting.origin())));
      table.print(session.out());
    }
    return ExitCode.OK;
  }
}
