package io.vrouter.mesh.cli;

import io.vrouter.mesh.config.ConfigFiles;
import io.vrouter.mesh.config.MeshConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.codegen.docgen.manpage.ManPageGenerator;

/**
 * Writes the AsciiDoc sources of the manual pages into a directory: {@code ManPages DIR VERSION}.
 */
public final class ManPages {
  private ManPages() {}

  /** Writes a page for each command of {@code meshd} and {@code meshctl}. */
  public static void main(String[] args) throws IOException {
    Path directory = Files.createDirectories(Path.of(args[0]));
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    MeshdCommand meshd =
        new MeshdCommand(
            new NoDaemon(),
            Map.of(),
            "localhost",
            ConfigFiles.system(InputStream.nullInputStream()),
            nowhere,
            nowhere);
    CommandSpec daemon = meshd.model().getCommandSpec();
    CommandSpec client = LocalMeshctl.model().getCommandSpec();
    stamp(daemon, args[1]);
    stamp(client, args[1]);
    int code =
        ManPageGenerator.generateManPage(
            directory.toFile(), null, new boolean[0], true, daemon, client);
    if (code != 0) {
      throw new IOException("picocli's generator of manual pages failed with " + code);
    }
  }

  private static void stamp(CommandSpec command, String version) {
    command.versionProvider(null).version(version);
    command.subcommands().values().forEach(line -> stamp(line.getCommandSpec(), version));
  }

  /** Runs nothing. */
  static final class NoDaemon implements DaemonFactory {
    @Override
    public int run(MeshConfig config) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int node(MeshConfig config) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int agent(MeshConfig config) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int check(MeshConfig config) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int cleanup(MeshConfig config) {
      throw new UnsupportedOperationException();
    }
  }
}
