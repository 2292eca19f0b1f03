package io.vrouter.netlink.route;

import static io.vrouter.netlink.wire.FibRules.*;
import static io.vrouter.netlink.wire.Rtnetlink.*;

import io.vrouter.netlink.wire.Attribute;
import io.vrouter.netlink.wire.AttributeWriter;
import io.vrouter.netlink.wire.Attributes;
import io.vrouter.netlink.wire.Payload;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** RTM_NEWRULE and RTM_DELRULE: {@code struct fib_rule_hdr} and attributes. */
public final class RuleCodec {
  /** Octets of {@code struct fib_rule_hdr}. */
  public static final int HEADER = 12;

  private RuleCodec() {}

  /** Reads a rule. */
  public static Rule decode(Payload body) {
    ByteBuffer in = LinkCodec.header(body, HEADER, "fib_rule_hdr");
    int table = in.get(4) & 0xff;
    InetAddress destination = null;
    InetAddress source = null;
    int priority = 0;
    String input = "";
    String output = "";
    List<Attribute> unknown = new ArrayList<>();
    for (Attribute attribute : Attributes.parse(in.duplicate().position(HEADER))) {
      Payload payload = attribute.payload();
      switch (attribute.type()) {
        case FRA_DST -> destination = payload.ip();
        case FRA_SRC -> source = payload.ip();
        case FRA_PRIORITY -> priority = payload.s32();
        case FRA_TABLE -> table = payload.s32();
        case FRA_IIFNAME -> input = payload.string();
        case FRA_OIFNAME -> output = payload.string();
        default -> unknown.add(attribute);
      }
    }
    return new Rule(
        in.get(0) & 0xff,
        destination,
        in.get(1) & 0xff,
        source,
        in.get(2) & 0xff,
        in.get(3) & 0xff,
        table,
        in.get(7) & 0xff,
        in.getInt(8),
        priority,
        input,
        output,
        unknown);
  }

  /** The body for it, in a request as in an answer. */
  public static Payload encode(Rule rule) {
    AttributeWriter out = new AttributeWriter();
    boolean wide = rule.table() < 0 || rule.table() > 255;
    out.header(HEADER)
        .put(0, (byte) rule.family())
        .put(1, (byte) rule.destinationLength())
        .put(2, (byte) rule.sourceLength())
        .put(3, (byte) rule.tos())
        .put(4, (byte) (wide ? RT_TABLE_UNSPEC : rule.table()))
        .put(7, (byte) rule.action())
        .putInt(8, rule.flags());
    if (rule.priority() != 0) {
      out.u32(FRA_PRIORITY, rule.priority());
    }
    InetAddress source = rule.source();
    if (source != null) {
      out.ip(FRA_SRC, source);
    }
    InetAddress destination = rule.destination();
    if (destination != null) {
      out.ip(FRA_DST, destination);
    }
    if (wide) {
      out.u32(FRA_TABLE, rule.table());
    }
    if (!rule.input().isEmpty()) {
      out.string(FRA_IIFNAME, rule.input());
    }
    if (!rule.output().isEmpty()) {
      out.string(FRA_OIFNAME, rule.output());
    }
    return out.putAll(rule.unknown()).toPayload();
  }
}
