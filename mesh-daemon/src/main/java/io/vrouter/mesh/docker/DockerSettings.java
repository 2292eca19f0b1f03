package io.vrouter.mesh.docker;

import io.vrouter.mesh.model.Vnis;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Parameters of {@link DockerWatch}.
 *
 * @param socket the engine's UNIX socket
 * @param required whether a missing socket is a problem; else it means a host without Docker
 * @param vnis the VNIs that labels may name, and the one of networks that name none
 * @param exposeByDefault whether compose networks without label are carried
 * @param retryFirst the wait before the first new attempt after a connection ends, doubled each
 *     time; each wait is shortened by up to a half at random, so that hosts don't synchronize
 * @param retryMost the longest wait. A starting engine rewrites the firewall, so it must be noticed
 *     within 1 s; an attempt costs one failed connect
 * @param relist interval between lists without an event: the longest delay by a lost event
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

  /** The wait after one of this length. */
  Duration retryAfter(Duration before) {
    Duration twice = before.multipliedBy(2);
    return twice.compareTo(retryMost) > 0 ? retryMost : twice;
  }

  /** The default times: a retry after 50 ms to 800 ms, a list once a minute. */
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
