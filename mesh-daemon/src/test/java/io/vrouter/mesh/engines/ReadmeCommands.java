package io.vrouter.mesh.engines;

import io.vrouter.netlink.lab.Output;
import io.vrouter.netlink.lab.Spawner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Runs the commands of a README as they stand there, in its directory, with a docker context {@code
 * host1}, {@code host2} and so on for each engine.
 */
final class ReadmeCommands {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** {@code docker compose} where there is no such plugin, but the program of before. */
  private static final String DOCKER =
      """
      #!/bin/bash
      here=$(dirname "$0")
      PATH=${PATH#"$here:"}
      if [[ $1 == compose ]] && ! docker compose version >/dev/null 2>&1; then
        export DOCKER_HOST=$(docker context inspect -f '{{.Endpoints.docker.Host}}')
        exec docker-compose "${@:2}"
      fi
      exec docker "$@"
      """;

  private final Path readme;
  private final Path bin;
  private final String configuration;

  private ReadmeCommands(Path readme, Path bin, String configuration) {
    this.readme = readme;
    this.bin = bin;
    this.configuration = configuration;
  }

  /**
   * Makes the contexts.
   *
   * @param directory for docker's configuration
   */
  static ReadmeCommands of(Path readme, Engines engines, Path directory) {
    Path bin = directory.resolve("bin");
    try {
      Files.createDirectories(bin);
      Path docker = Files.writeString(bin.resolve("docker"), DOCKER);
      Files.setPosixFilePermissions(docker, PosixFilePermissions.fromString("rwx------"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ReadmeCommands commands =
        new ReadmeCommands(readme, bin, directory.resolve("contexts").toString());
    for (EngineHost host : engines.hosts()) {
      String name = host.toString().replace("dk", "host");
      String endpoint = "host=unix://" + host.socket();
      commands.run("docker", "context", "create", name, "--docker", endpoint).ok();
    }
    return commands;
  }

  /** The lines of the first block under a heading. */
  List<String> under(String heading) {
    try {
      String text = Files.readString(readme);
      int at = text.indexOf("\n## " + heading + "\n");
      if (at < 0) {
        throw new AssertionError("no heading '" + heading + "' in " + readme);
      }
      return text.substring(at)
          .lines()
          .dropWhile(line -> !line.equals("```"))
          .skip(1)
          .takeWhile(line -> !line.equals("```"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs a line in a shell, as whoever reads it would. */
  Output line(String line) {
    return run(
        "env",
        "PATH=" + bin + ":" + System.getenv("PATH"),
        "bash",
        "-c",
        "cd \"$1\" && eval \"$2\"",
        "bash",
        readme.resolveSibling(".").toString(),
        line);
  }

  /** Runs a command with the contexts. */
  Output run(String... command) {
    return Spawner.run(PATIENCE, Map.of("DOCKER_CONFIG", configuration), List.of(command));
  }
}
