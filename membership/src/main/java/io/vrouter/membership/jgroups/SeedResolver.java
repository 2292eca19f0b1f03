package io.vrouter.membership.jgroups;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Turns a seed's host name into all its addresses. May block; is called on a thread of its own. */
@FunctionalInterface
public interface SeedResolver {
  /**
   * All addresses the name has now.
   *
   * @throws UnknownHostException when it has none
   */
  List<InetAddress> resolve(String host) throws UnknownHostException;

  /** The system's resolver. */
  static SeedResolver system() {
    return host -> List.of(InetAddress.getAllByName(host));
  }
}
