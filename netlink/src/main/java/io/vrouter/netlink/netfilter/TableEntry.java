package io.vrouter.netlink.netfilter;

/**
 * A table of nftables.
 *
 * @param family NFPROTO_
 * @param comment as {@code nft} writes it; empty without one
 */
public record TableEntry(int family, String name, String comment) {}
