package io.vrouter.netlink.netfilter;

import io.vrouter.netlink.wire.Attribute;
import io.vrouter.netlink.wire.Attributes;
import io.vrouter.netlink.wire.DecodeException;
import io.vrouter.netlink.wire.Payload;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One expression of a rule.
 *
 * @param name the kernel's: {@code cmp}, {@code lookup}, {@code immediate}, {@code target}
 * @param data its attributes as they came
 */
public record Expression(String name, Payload data) {
  private static final int NFTA_EXPR_NAME = 1;
  private static final int NFTA_EXPR_DATA = 2;
  private static final int NFTA_IMMEDIATE_DATA = 2;
  private static final int NFTA_DATA_VERDICT = 2;
  private static final int NFTA_VERDICT_CODE = 1;
  private static final int NFTA_VERDICT_CHAIN = 2;
  private static final int NFTA_DATA_VALUE = 1;
  private static final int NFTA_TARGET_NAME = 1;

  static List<Expression> list(Payload expressions) {
    List<Expression> list = new ArrayList<>();
    for (Attribute one : expressions.attributes()) {
      Attributes attributes = one.payload().attributes();
      list.add(
          new Expression(
              attributes
                  .find(NFTA_EXPR_NAME)
                  .map(Payload::string)
                  .orElseThrow(() -> new DecodeException("an expression without a name")),
              attributes.find(NFTA_EXPR_DATA).orElse(Payload.EMPTY)));
    }
    return list;
  }

  /** The verdict of an {@code immediate}: NF_ or NFT_; empty for any other expression. */
  public OptionalInt verdict() {
    Optional<Integer> code =
        verdictAttributes().flatMap(it -> it.find(NFTA_VERDICT_CODE)).map(Payload::be32);
    return code.isPresent() ? OptionalInt.of(code.get()) : OptionalInt.empty();
  }

  /** The chain that an {@code immediate} jumps or goes to. */
  public Optional<String> verdictChain() {
    return verdictAttributes().flatMap(it -> it.find(NFTA_VERDICT_CHAIN)).map(Payload::string);
  }

  private Optional<Attributes> verdictAttributes() {
    return name.equals("immediate")
        ? data.attributes()
            .find(NFTA_IMMEDIATE_DATA)
            .flatMap(value -> value.attributes().find(NFTA_DATA_VERDICT))
            .map(Payload::attributes)
        : Optional.empty();
  }

  /** A number in network order; the fallback without that attribute. */
  public int number(int attribute, int fallback) {
    return data.attributes().find(attribute).map(Payload::be32).orElse(fallback);
  }

  /** The octets of an attribute with NFTA_DATA_VALUE. */
  public Optional<Payload> value(int attribute) {
    return data.attributes()
        .find(attribute)
        .flatMap(nest -> nest.attributes().find(NFTA_DATA_VALUE));
  }

  /** The name of an iptables target that has no expression of its own, such as REJECT. */
  public Optional<String> target() {
    return name.equals("target")
        ? data.attributes().find(NFTA_TARGET_NAME).map(Payload::string)
        : Optional.empty();
  }
}
