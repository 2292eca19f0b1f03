package io.vrouter.mesh.path;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** The peers whose own probes arrive at this host's kernel. Thread-safe. */
@FunctionalInterface
public interface ProbeSenders {
  /**
   * Age of the newest probe by sender, at most some minutes.
   *
   * @param family AF_INET or AF_INET6
   * @return empty when the kernel can't be asked
   */
  Optional<Map<InetAddress, Duration>> ages(int family);
}
