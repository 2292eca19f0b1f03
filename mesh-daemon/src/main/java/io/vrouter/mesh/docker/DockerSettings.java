package io.vrouter.mesh.docker;

import io.vrouter.mesh.model.Vnis;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How to follow an engine.
 *
 * @param socket the engine's UNIX socket
 * @param required whether a socket that isn't there is a problem, or just means no Docker here
 * @param vnis what labels may name, and the VNI of networks that name none
 * @param exposeByDefault whether compose networks without label are carried
 * @param retryFirst the wait before the first new attempt after a connection ends, doubled each
 *     time; each wait is shortened by up to a half at random, so that hosts don't move in step
 * @param retryMost where doubling ends. An engine that starts again rewrites the firewall, so it
 *     shall be noticed within a second; asking costs one failed connect
 * @param relist how often to list without an event: what a lost event costs at most
 */
public record DockerSettings(
    Path socket,
    boolean required,
    Vnis vnis,
    boolean exposeByDefault,
    Duration retryFirst,
    Duration retryMost,
    Duration relist) {
  public DockerSettings {
    if (!socket.isAbsolute()) {
      throw new IllegalArgumentException("'" + socket + "' is not an absolute path");
    }
    if (retryFirst.isNegative() || retryFirst.isZero() || retryMost.compareTo(retryFirst) < 0) {
      throw new IllegalArgumentException(
          "retry from %s to %s: the first must be positive and not above the other"
              .formatted(retryFirst, retryMost));
    }
    if (relist.isNegative() || relist.isZero()) {
      throw new IllegalArgumentException("relist every " + relist + ": must be positive");
    }
  }

  /** The wait that follows one of this length. */
  Duration retryAfter(Duration before) {
    Duration twice = before.multipliedBy(2);
    return twice.compareTo(retryMost) > 0 ? retryMost : twice;
  }

  /** With the shipped times: retry after 50 ms to 800 ms, list once a minute. */
  public DockerSettings(Path socket, boolean required, Vnis vnis, boolean exposeByDefault) {
    this(
        socket,
        required,
        vnis,
        exposeByDefault,
        Duration.ofMillis(50),
        Duration.ofMillis(800),
        Duration.ofMinutes(1));
  }
}
