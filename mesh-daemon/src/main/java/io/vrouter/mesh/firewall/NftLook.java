package io.vrouter.mesh.firewall;

import io.vrouter.membership.Sha256;
import io.vrouter.netlink.Nftables;
import io.vrouter.netlink.netfilter.ChainEntry;
import io.vrouter.netlink.netfilter.Expression;
import io.vrouter.netlink.netfilter.RuleEntry;
import io.vrouter.netlink.netfilter.TableEntry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

/**
 * Our table in the kernel, without elements.
 *
 * @param there whether a table of our name exists
 * @param ours whether it has our comment
 * @param chains of the table
 * @param rules of the table except the one that carries {@code state}
 * @param state the state comment of the last write, see {@link #state(String)}; empty when unknown
 */
record NftLook(
    boolean there, boolean ours, List<ChainEntry> chains, List<RuleEntry> rules, String state) {
  static final int FAMILY = ChainEntry.NFPROTO_INET;
  static final String NAME = "vrouter";

  private static final int DIGITS = 32;

  NftLook {
    chains = List.copyOf(chains);
    rules = List.copyOf(rules);
  }

  /** Reads the kernel's table; starts no process. */
  static NftLook at(Nftables kernel) {
    for (TableEntry table : kernel.tables()) {
      if (table.family() == FAMILY && table.name().equals(NAME)) {
        boolean ours = table.comment().equals(NftRuleset.MARK);
        return ours ? ours(kernel) : new NftLook(true, false, List.of(), List.of(), "");
      }
    }
    return new NftLook(false, false, List.of(), List.of(), "");
  }

  private static NftLook ours(Nftables kernel) {
    List<RuleEntry> rules = kernel.rules(FAMILY, NAME);
    return new NftLook(
        true,
        true,
        kernel.chains(chain -> chain.family() == FAMILY && chain.table().equals(NAME)),
        rules.stream().filter(rule -> !rule.chain().equals(NftRuleset.STATE)).toList(),
        rules.stream()
            .filter(rule -> rule.chain().equals(NftRuleset.STATE))
            .map(RuleEntry::comment)
            .findFirst()
            .orElse(""));
  }

  /**
   * The comment with the hashes of a written text and of the kernel's form of it: equal to {@link
   * #state()} until a chain or rule is altered.
   */
  String state(String text) {
    return hex(Sha256.of(text.getBytes(StandardCharsets.UTF_8))) + " " + fingerprint();
  }

  private String fingerprint() {
    MessageDigest digest = Sha256.digest();
    chains.stream()
        .sorted(Comparator.comparing(ChainEntry::name))
        .forEach(chain -> feed(digest, chain.toString().getBytes(StandardCharsets.UTF_8)));
    for (RuleEntry rule : rules) {
      feed(digest, rule.chain().getBytes(StandardCharsets.UTF_8));
      for (Expression expression : rule.expressions()) {
        boolean counts = expression.name().equals("counter");
        feed(digest, expression.name().getBytes(StandardCharsets.UTF_8));
        feed(digest, counts ? new byte[0] : expression.data().toArray());
      }
    }
    return hex(digest.digest());
  }

  private static void feed(MessageDigest digest, byte[] octets) {
    digest.update(ByteBuffer.allocate(4).putInt(octets.length).array());
    digest.update(octets);
  }

  private static String hex(byte[] hash) {
    return HexFormat.of().formatHex(hash).substring(0, DIGITS);
  }
}
