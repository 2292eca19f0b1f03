package io.vrouter.mesh.observe;

import io.vrouter.netlink.MonitorEvent;
import io.vrouter.netlink.netfilter.TableCodec;
import java.util.Set;

/**
 * Selects the nftables changes that are observed at once. Fail2ban, kube-proxy and the like change
 * their own tables all the time; the audit finds the effect of such a change here. A chain that
 * appears or disappears counts in any table: it may drop forwarded packets.
 */
final class NftRelevance {
  /** Tables of the mesh, of iptables-nft (which the mesh opens), and of Docker, in any family. */
  private static final Set<String> TABLES =
      Set.of("vrouter", "vrouter-accept", "filter", "raw", "docker-bridges");

  private NftRelevance() {}

  static boolean of(MonitorEvent.TableEvent event) {
    return switch (event.type()) {
      case TableCodec.NFT_MSG_DELTABLE, TableCodec.NFT_MSG_NEWCHAIN, TableCodec.NFT_MSG_DELCHAIN ->
          true;
      default -> TABLES.contains(event.table());
    };
  }
}
