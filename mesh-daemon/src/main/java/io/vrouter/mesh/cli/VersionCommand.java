package io.vrouter.mesh.cli;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.vrouter.mesh.control.Api;
import io.vrouter.mesh.control.Version;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

@Command(name = "version", description = "The version of meshctl. Needs no daemon.")
final class VersionCommand implements Callable<Integer> {
  private final Session session;

  VersionCommand(Session session) {
    this.session = session;
  }

  /** For {@code --version}. */
  static final class Provider implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {Version.current()};
    }
  }

  @JsonPropertyOrder({"apiVersion", "version"})
  record VersionReport(String apiVersion, String version) {}

  @Override
  public Integer call() {
    if (!session.printed(new VersionReport(Api.VERSION, Version.current()))) {
      session.out().println(Version.current());
    }
    return ExitCode.OK;
  }
}
