package io.vrouter.netlink.netfilter;

/**
 * A chain of nftables.
 *
 * @param family NFPROTO_
 * @param type {@code filter}, {@code nat} or {@code route}; empty for a chain without a hook
 * @param hook NF_INET_ (for NFPROTO_NETDEV NF_NETDEV_); -1 for a chain without a hook
 * @param priority among the chains of the hook, lowest first
 * @param policy {@link #NF_ACCEPT} or {@link #NF_DROP}
 */
public record ChainEntry(
    int family, String table, String name, String type, int hook, int priority, int policy) {
  public static final int NF_DROP = 0;
  public static final int NF_ACCEPT = 1;

  public static final int NFPROTO_INET = 1;
  public static final int NFPROTO_IPV4 = 2;
  public static final int NFPROTO_IPV6 = 10;

  public static final int NF_INET_PRE_ROUTING = 0;
  public static final int NF_INET_LOCAL_IN = 1;
  public static final int NF_INET_FORWARD = 2;
  public static final int NF_INET_LOCAL_OUT = 3;
  public static final int NF_INET_POST_ROUTING = 4;

  /** Whether packets enter it by a hook. */
  public boolean isBase() {
    return hook >= 0;
  }
}
