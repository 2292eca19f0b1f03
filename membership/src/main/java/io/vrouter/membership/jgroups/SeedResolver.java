package io.vrouter.membership.jgroups;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Resolves a seed's host name to all its addresses. May block; called on a separate thread. */
@FunctionalInterface
public interface SeedResolver {
  /**
   * Returns all present addresses of the name.
   *
   * @throws UnknownHostException when the name has none
   */
  List<InetAddress> resolve(String host) throws UnknownHostException;

  /** The system's resolver. */
  static SeedResolver system() {
    return host -> List.of(InetAddress.getAllByName(host));
  }
}
