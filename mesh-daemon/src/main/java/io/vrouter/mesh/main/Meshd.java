package io.vrouter.mesh.main;

import io.vrouter.mesh.cli.DaemonFactory;
import io.vrouter.mesh.cli.MeshdCommand;
import io.vrouter.mesh.config.ConfigFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;

/** The process {@code meshd}. */
public final class Meshd {
  private Meshd() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] args) {
    // Java would cache a name's addresses for 30 s: a seed that moved must be found sooner.
    Security.setProperty("networkaddress.cache.ttl", "1");
    Security.setProperty("networkaddress.cache.negative.ttl", "1");
    System.exit(execute(new Daemon(System.out), args));
  }

  static int execute(DaemonFactory daemon, String... args) {
    return new MeshdCommand(
            daemon,
            System.getenv(),
            hostName(),
            ConfigFiles.system(System.in),
            writer(System.out),
            writer(System.err))
        .execute(args);
  }

  /** The kernel's name of this host: a resolver query could take seconds. */
  private static String hostName() {
    try {
      String name = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
      return name.isEmpty() || name.equals("(none)") ? "localhost" : name;
    } catch (IOException e) {
      return "localhost";
    }
  }

  private static PrintWriter writer(OutputStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
  }
}
