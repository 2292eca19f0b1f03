package io.vrouter.mesh.docker;

import io.vrouter.mesh.model.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether pools in {@code daemon.json} would reach the engine: dockerd refuses to start with a pool
 * both there and on its command line, and may read another file. Thread-safe; blocks for 10 s at
 * most.
 */
public final class EngineOptions {
  private static final Logger LOG = LoggerFactory.getLogger(EngineOptions.class);
  private static final String CODE = "daemon-json";
  private static final String POOL_FLAG = "--default-address-pool";
  private static final String FILE_FLAG = "--config-file";
  private static final String POOL_KEY = "\"default-address-pools\"";

  private final Path socket;
  private final Path proc;

  /** The options of the engine at this socket. */
  public EngineOptions(Path socket) {
    this(socket, Path.of("/proc"));
  }

  EngineOptions(Path socket, Path proc) {
    this.socket = socket;
    this.proc = proc;
  }

  /**
   * Why pools must not be written.
   *
   * @param file where they would be written
   * @param text the file's present content
   */
  public Optional<Problem> refusal(Path file, String text) {
    EngineSocket engine = new EngineSocket(socket, proc, System::nanoTime);
    OptionalLong pid = engine.process();
    if (pid.isPresent()) {
      return commandLine(pid.getAsLong())
          .flatMap(
              words ->
                  refusal(
                      file,
                      words,
                      "dockerd (process " + pid.getAsLong() + ")",
                      name -> isSame(pid.getAsLong(), name, file)));
    }
    return engine.asleep() || text.contains(POOL_KEY) ? Optional.empty() : unseen(file);
  }

  /** Whether the path that the engine reads is this file; the engine may have other mounts. */
  private boolean isSame(long pid, String name, Path file) {
    try {
      Path seen = proc.resolve(pid + "/root").resolve(name.replaceFirst("^/+", ""));
      return Files.isSameFile(seen, file);
    } catch (IOException | IllegalArgumentException e) {
      return name.equals(file.toString());
    }
  }

  /**
   * The refusal by the engine's command line.
   *
   * @param same whether the path that the engine reads is the file
   */
  static Optional<Problem> refusal(
      Path file, List<String> words, String engine, Predicate<String> same) {
    Optional<String> other = value(words, FILE_FLAG).filter(same.negate());
    if (value(words, POOL_FLAG).isPresent() || value(words, POOL_FLAG + "s").isPresent()) {
      return Optional.of(
          new Problem(
              CODE,
              "%s has %s on its command line: with pools in %s, too, it refuses to start"
                  .formatted(engine, POOL_FLAG, file),
              "remove the flag from Docker's unit ('systemctl cat docker' shows it), restart the"
                  + " engine, then run this again"));
    }
    return other.map(
        name ->
            new Problem(
                CODE,
                "%s reads %s, not %s: pools written there have no effect"
                    .formatted(engine, name.replaceAll("[^\\x20-\\x7e]", "?"), file),
                "merge what 'meshctl docker-pools' prints into that file by hand"));
  }

  private Optional<List<String>> commandLine(long pid) {
    try {
      String line = Files.readString(proc.resolve(pid + "/cmdline"), StandardCharsets.UTF_8);
      return Optional.of(List.of(line.split("\0", -1)));
    } catch (IOException e) {
      LOG.debug("the engine's command line can't be read", e);
      return Optional.empty();
    }
  }

  /** The value of a flag in either form; empty when it isn't given. */
  private static Optional<String> value(List<String> words, String flag) {
    for (int i = 0; i < words.size(); i++) {
      if (words.get(i).equals(flag)) {
        return Optional.of(i + 1 < words.size() ? words.get(i + 1) : "");
      }
      if (words.get(i).startsWith(flag + "=")) {
        return Optional.of(words.get(i).substring(flag.length() + 1));
      }
    }
    return Optional.empty();
  }

  /** In a PID namespace of its own: the API returns the engine's pools, not their source. */
  private Optional<Problem> unseen(Path file) {
    try (DockerClient client = DockerClient.connect(socket)) {
      List<String> pools = client.pools();
      return pools.isEmpty()
          ? Optional.empty()
          : Optional.of(
              new Problem(
                  CODE,
                  "the engine has the pools %s, which aren't in %s: they are on dockerd's command"
                          .formatted(String.join(", ", pools), file)
                      + " line, with which it refuses to start when the file has pools, too, or in"
                      + " another file, which it reads instead",
                  "remove them there ('systemctl cat docker' on the host), restart the engine, then"
                      + " run this again"));
    } catch (DockerException e) {
      LOG.debug("the engine can't be asked for its pools", e);
      return Optional.empty();
    }
  }
}
