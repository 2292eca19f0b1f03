package io.vrouter.netlink.netfilter;

import io.vrouter.netlink.wire.Attribute;
import io.vrouter.netlink.wire.AttributeWriter;
import io.vrouter.netlink.wire.Attributes;
import io.vrouter.netlink.wire.DecodeException;
import io.vrouter.netlink.wire.Netlink;
import io.vrouter.netlink.wire.Payload;
import io.vrouter.netlink.wire.Request;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * NFT_MSG_ messages of tables, chains, rules and set elements: {@code struct nfgenmsg} and
 * attributes (include/uapi/linux/netfilter/nf_tables.h).
 */
public final class TableCodec {
  /** The types of the messages that describe an object. */
  public static final int NFT_MSG_NEWTABLE = NfGen.MESSAGE | 0;

  public static final int NFT_MSG_DELTABLE = NfGen.MESSAGE | 2;
  public static final int NFT_MSG_NEWCHAIN = NfGen.MESSAGE | 3;
  public static final int NFT_MSG_DELCHAIN = NfGen.MESSAGE | 5;
  public static final int NFT_MSG_NEWRULE = NfGen.MESSAGE | 6;
  public static final int NFT_MSG_NEWSET = NfGen.MESSAGE | 9;
  public static final int NFT_MSG_NEWSETELEM = NfGen.MESSAGE | 12;

  private static final int NFT_MSG_NEWGEN = NfGen.MESSAGE | 15;
  private static final int NFT_MSG_GETTABLE = NfGen.MESSAGE | 1;
  private static final int NFT_MSG_GETCHAIN = NfGen.MESSAGE | 4;
  private static final int NFT_MSG_GETRULE = NfGen.MESSAGE | 7;
  private static final int NFT_MSG_DELRULE = NfGen.MESSAGE | 8;
  private static final int NFT_MSG_GETSET = NfGen.MESSAGE | 10;
  private static final int NFT_MSG_GETSETELEM = NfGen.MESSAGE | 13;
  private static final int NFT_MSG_DELSETELEM = NfGen.MESSAGE | 14;

  private static final int NFTA_TABLE_NAME = 1;
  private static final int NFTA_TABLE_USERDATA = 6;
  private static final int NFTA_CHAIN_TABLE = 1;
  private static final int NFTA_CHAIN_NAME = 3;
  private static final int NFTA_CHAIN_HOOK = 4;
  private static final int NFTA_CHAIN_POLICY = 5;
  private static final int NFTA_CHAIN_TYPE = 7;
  private static final int NFTA_HOOK_HOOKNUM = 1;
  private static final int NFTA_HOOK_PRIORITY = 2;
  private static final int NFTA_RULE_TABLE = 1;
  private static final int NFTA_RULE_CHAIN = 2;
  private static final int NFTA_RULE_EXPRESSIONS = 4;
  private static final int NFTA_RULE_USERDATA = 7;
  private static final int NFTA_SET_TABLE = 1;
  private static final int NFTA_SET_NAME = 2;
  private static final int NFTA_SET_ELEM_LIST_TABLE = 1;
  private static final int NFTA_SET_ELEM_LIST_SET = 2;
  private static final int NFTA_SET_ELEM_LIST_ELEMENTS = 3;
  private static final int NFTA_LIST_ELEM = 1;
  private static final int NFTA_SET_ELEM_KEY = 1;
  private static final int NFTA_SET_ELEM_DATA = 2;
  private static final int NFTA_SET_ELEM_FLAGS = 3;
  private static final int NFTA_SET_ELEM_EXPIRATION = 5;
  private static final int NFTA_SET_ELEM_KEY_END = 10;
  private static final int NFTA_DATA_VALUE = 1;
  private static final int NFT_SET_ELEM_INTERVAL_END = 1;

  /** In a table's or a rule's user data: nft's type of a comment. */
  private static final int UDATA_COMMENT = 0;

  /** An attribute holds 65,531 octets; an element at most about 100. */
  private static final int ELEMENTS_A_MESSAGE = 500;

  private TableCodec() {}

  /**
   * The table of the object that a kernel message describes; empty for a message of another kind.
   * Every object has the table in its first attribute.
   */
  public static String tableOf(int type, Payload body) {
    boolean object = type >>> 8 == NfGen.NFNL_SUBSYS_NFTABLES && type != NFT_MSG_NEWGEN;
    return object ? text(NfGen.attributes(body), NFTA_TABLE_NAME) : "";
  }

  /** Lists the tables of all families. */
  public static Request tables() {
    return dump("list nftables' tables", NFT_MSG_GETTABLE, 0, new AttributeWriter());
  }

  /** Lists the chains of all families. */
  public static Request chains() {
    return dump("list nftables' chains", NFT_MSG_GETCHAIN, 0, new AttributeWriter());
  }

  /** Lists the rules of a table. */
  public static Request rules(int family, String table) {
    AttributeWriter out = new AttributeWriter().string(NFTA_RULE_TABLE, table);
    return dump("list the rules of table " + table, NFT_MSG_GETRULE, family, out);
  }

  /** Lists the rules of one chain. */
  public static Request rules(int family, String table, String chain) {
    AttributeWriter out =
        new AttributeWriter().string(NFTA_RULE_TABLE, table).string(NFTA_RULE_CHAIN, chain);
    String op = "list the rules of chain " + chain + " in table " + table;
    return dump(op, NFT_MSG_GETRULE, family, out);
  }

  /** Lists the sets of a table, those without a name of their own among them. */
  public static Request sets(int family, String table) {
    AttributeWriter out = new AttributeWriter().string(NFTA_SET_TABLE, table);
    return dump("list the sets of table " + table, NFT_MSG_GETSET, family, out);
  }

  /** Lists the elements of a set. */
  public static Request elements(int family, String table, String set) {
    AttributeWriter out =
        new AttributeWriter()
            .string(NFTA_SET_ELEM_LIST_TABLE, table)
            .string(NFTA_SET_ELEM_LIST_SET, set);
    return dump("list the elements of set " + set, NFT_MSG_GETSETELEM, family, out);
  }

  /** Adds elements, in one or more messages of a batch. EEXIST when one overlaps another. */
  public static List<Request> add(
      int family, String table, String set, SetKind kind, List<SetElement> elements) {
    return change("add to", NFT_MSG_NEWSETELEM, family, table, set, kind, elements);
  }

  /** Deletes elements, in one or more messages of a batch. ENOENT when one doesn't exist. */
  public static List<Request> delete(
      int family, String table, String set, SetKind kind, List<SetElement> elements) {
    return change("delete from", NFT_MSG_DELSETELEM, family, table, set, kind, elements);
  }

  /** Empties a chain, in a batch. */
  public static Request flush(int family, String table, String chain) {
    AttributeWriter out =
        NfGen.header(family).string(NFTA_RULE_TABLE, table).string(NFTA_RULE_CHAIN, chain);
    return new Request("flush chain " + chain, NFT_MSG_DELRULE, 0, out.toPayload());
  }

  /** Appends an empty rule with a comment of at most 127 octets, in a batch. */
  public static Request comment(int family, String table, String chain, String comment) {
    byte[] text = comment.getBytes(StandardCharsets.US_ASCII);
    ByteBuffer data = ByteBuffer.allocate(text.length + 3);
    data.put((byte) UDATA_COMMENT).put((byte) (text.length + 1)).put(text).put((byte) 0);
    AttributeWriter out =
        NfGen.header(family)
            .string(NFTA_RULE_TABLE, table)
            .string(NFTA_RULE_CHAIN, chain)
            .octets(NFTA_RULE_USERDATA, data.array());
    return new Request(
        "comment in chain " + chain,
        NFT_MSG_NEWRULE,
        Netlink.NLM_F_CREATE | Netlink.NLM_F_APPEND,
        out.toPayload());
  }

  private static List<Request> change(
      String verb,
      int type,
      int family,
      String table,
      String set,
      SetKind kind,
      List<SetElement> elements) {
    List<Request> requests = new ArrayList<>();
    for (int from = 0; from < elements.size(); from += ELEMENTS_A_MESSAGE) {
      List<SetElement> some =
          elements.subList(from, Math.min(from + ELEMENTS_A_MESSAGE, elements.size()));
      AttributeWriter out =
          NfGen.header(family)
              .string(NFTA_SET_ELEM_LIST_TABLE, table)
              .string(NFTA_SET_ELEM_LIST_SET, set)
              .nest(
                  NFTA_SET_ELEM_LIST_ELEMENTS | Netlink.NLA_F_NESTED,
                  list -> some.forEach(one -> kind.encode(one).forEach(raw -> write(list, raw))));
      String op = "%s set %s: %d elements".formatted(verb, set, some.size());
      int flags = type == NFT_MSG_NEWSETELEM ? Netlink.NLM_F_CREATE : 0;
      requests.add(new Request(op, type, flags, out.toPayload()));
    }
    return requests;
  }

  private static void write(AttributeWriter list, SetKind.Raw raw) {
    list.nest(
        NFTA_LIST_ELEM | Netlink.NLA_F_NESTED,
        out -> {
          key(out, NFTA_SET_ELEM_KEY, raw.key());
          Payload end = raw.keyEnd();
          if (end != null) {
            key(out, NFTA_SET_ELEM_KEY_END, end);
          }
          Payload data = raw.value();
          if (data != null) {
            key(out, NFTA_SET_ELEM_DATA, data);
          }
          if (raw.end()) {
            out.be32(NFTA_SET_ELEM_FLAGS, NFT_SET_ELEM_INTERVAL_END);
          }
        });
  }

  private static void key(AttributeWriter out, int type, Payload key) {
    out.nest(type | Netlink.NLA_F_NESTED, value -> value.put(new Attribute(NFTA_DATA_VALUE, key)));
  }

  private static Request dump(String op, int type, int family, AttributeWriter attributes) {
    AttributeWriter out = NfGen.header(family).putAll(attributes.toPayload().attributes());
    return new Request(op, type, Netlink.NLM_F_DUMP, out.toPayload());
  }

  /** Reads a table. */
  public static TableEntry table(Payload body) {
    Attributes attributes = NfGen.attributes(body);
    return new TableEntry(
        NfGen.family(body),
        text(attributes, NFTA_TABLE_NAME),
        attributes.find(NFTA_TABLE_USERDATA).map(TableCodec::comment).orElse(""));
  }

  /** Reads a chain. */
  public static ChainEntry chain(Payload body) {
    Attributes attributes = NfGen.attributes(body);
    Attributes hook =
        attributes.find(NFTA_CHAIN_HOOK).map(Payload::attributes).orElse(new Attributes(List.of()));
    return new ChainEntry(
        NfGen.family(body),
        text(attributes, NFTA_CHAIN_TABLE),
        text(attributes, NFTA_CHAIN_NAME),
        attributes.find(NFTA_CHAIN_TYPE).map(Payload::string).orElse(""),
        hook.find(NFTA_HOOK_HOOKNUM).map(Payload::be32).orElse(-1),
        hook.find(NFTA_HOOK_PRIORITY).map(Payload::be32).orElse(0),
        attributes.find(NFTA_CHAIN_POLICY).map(Payload::be32).orElse(ChainEntry.NF_ACCEPT));
  }

  /** Reads a rule. */
  public static RuleEntry rule(Payload body) {
    Attributes attributes = NfGen.attributes(body);
    return new RuleEntry(
        text(attributes, NFTA_RULE_CHAIN),
        attributes.find(NFTA_RULE_EXPRESSIONS).map(Expression::list).orElse(List.of()),
        attributes.find(NFTA_RULE_USERDATA).map(TableCodec::comment).orElse(""));
  }

  /** Reads a set's name; that of a set inside a rule begins with two underscores. */
  public static String setName(Payload body) {
    return text(NfGen.attributes(body), NFTA_SET_NAME);
  }

  /** Reads the set elements of one message. */
  static List<SetKind.Raw> rawElements(Payload body) {
    List<SetKind.Raw> raw = new ArrayList<>();
    for (Attribute element : elementList(body)) {
      Attributes attributes = element.payload().attributes();
      int flags = attributes.find(NFTA_SET_ELEM_FLAGS).map(Payload::be32).orElse(0);
      raw.add(
          new SetKind.Raw(
              value(attributes, NFTA_SET_ELEM_KEY),
              valueOrNull(attributes, NFTA_SET_ELEM_KEY_END),
              (flags & NFT_SET_ELEM_INTERVAL_END) != 0,
              valueOrNull(attributes, NFTA_SET_ELEM_DATA)));
    }
    return raw;
  }

  private static @Nullable Payload valueOrNull(Attributes attributes, int key) {
    return attributes.find(key).isPresent() ? value(attributes, key) : null;
  }

  /** Reads the elements of one message that have an expiration. */
  public static List<ExpiringKey> expirations(Payload body) {
    List<ExpiringKey> keys = new ArrayList<>();
    for (Attribute element : elementList(body)) {
      Attributes attributes = element.payload().attributes();
      attributes
          .find(NFTA_SET_ELEM_EXPIRATION)
          .filter(left -> left.length() == Long.BYTES)
          .ifPresent(
              left ->
                  keys.add(
                      new ExpiringKey(
                          value(attributes, NFTA_SET_ELEM_KEY),
                          Duration.ofMillis(left.buffer().order(ByteOrder.BIG_ENDIAN).getLong()))));
    }
    return keys;
  }

  private static Attributes elementList(Payload body) {
    return NfGen.attributes(body)
        .find(NFTA_SET_ELEM_LIST_ELEMENTS)
        .map(Payload::attributes)
        .orElse(new Attributes(List.of()));
  }

  private static Payload value(Attributes attributes, int key) {
    return attributes
        .find(key)
        .flatMap(found -> found.attributes().find(NFTA_DATA_VALUE))
        .orElseThrow(() -> new DecodeException("an element without attribute " + key));
  }

  private static String text(Attributes attributes, int type) {
    return attributes
        .find(type)
        .map(Payload::string)
        .orElseThrow(() -> new DecodeException("no name in attribute " + type));
  }

  private static String comment(Payload data) {
    ByteBuffer in = data.buffer();
    while (in.remaining() >= 2) {
      int type = in.get() & 0xff;
      int length = in.get() & 0xff;
      if (length > in.remaining()) {
        return "";
      }
      Payload value = Payload.from(in.slice(in.position(), length));
      if (type == UDATA_COMMENT) {
        return value.string();
      }
      in.position(in.position() + length);
    }
    return "";
  }
}
