package io.vrouter.mesh.observe;

import io.vrouter.netlink.MonitorEvent;
import io.vrouter.netlink.netfilter.TableCodec;
import java.util.Set;

/**
 * Which changes of nftables are looked at when they come. Fail2ban, kube-proxy and the like change
 * their own tables all the time; what such a change may mean here is found by the audit. A chain
 * that comes or goes is heeded in any table: it may drop what is forwarded.
 */
final class NftRelevance {
  /** Ours, iptables-nft's that we open, and Docker's, of whatever family. */
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
