package io.vrouter.netlink.bpf;

import io.vrouter.netlink.wire.AttributeWriter;
import io.vrouter.netlink.wire.Attributes;
import io.vrouter.netlink.wire.DecodeException;
import io.vrouter.netlink.wire.Netlink;
import io.vrouter.netlink.wire.Payload;
import io.vrouter.netlink.wire.Request;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Messages of traffic control, {@code struct tcmsg} and attributes (include/uapi/linux/rtnetlink.h,
 * pkt_sched.h, pkt_cls.h), as far as a program at a device's hook needs them.
 */
public final class Tc {
  public static final int RTM_NEWQDISC = 36;
  public static final int RTM_DELQDISC = 37;
  public static final int RTM_GETQDISC = 38;
  public static final int RTM_NEWTFILTER = 44;
  public static final int RTM_DELTFILTER = 45;
  public static final int RTM_GETTFILTER = 46;

  /** The group of rtnetlink with changes of traffic control. */
  public static final int RTNLGRP_TC = 4;

  public static final int ROOT = 0xffffffff;
  public static final int CLSACT = 0xfffffff1;
  public static final int INGRESS = 0xfffffff2;
  public static final int EGRESS = 0xfffffff3;

  private static final int CLSACT_HANDLE = 0xffff0000;
  private static final int HEADER = 20;
  private static final int ETH_P_ALL = 3;
  private static final int TCA_KIND = 1;
  private static final int TCA_OPTIONS = 2;
  private static final int TCA_BPF_FD = 6;
  private static final int TCA_BPF_NAME = 7;
  private static final int TCA_BPF_FLAGS = 8;
  private static final int TCA_BPF_ID = 11;
  private static final int TCA_BPF_FLAG_ACT_DIRECT = 1;

  private Tc() {}

  /** Adds clsact to a device; EEXIST when it is there. */
  public static Request addClsact(int ifIndex) {
    return new Request(
        "add qdisc clsact dev " + ifIndex,
        RTM_NEWQDISC,
        Netlink.NLM_F_CREATE | Netlink.NLM_F_EXCL,
        clsact(ifIndex));
  }

  /** Removes clsact with every filter on it; ENOENT or EINVAL when it is not there. */
  public static Request deleteClsact(int ifIndex) {
    return new Request("del qdisc clsact dev " + ifIndex, RTM_DELQDISC, 0, clsact(ifIndex));
  }

  private static Payload clsact(int ifIndex) {
    AttributeWriter out = new AttributeWriter();
    header(out, ifIndex, CLSACT_HANDLE, CLSACT, 0);
    return out.string(TCA_KIND, "clsact").toPayload();
  }

  /**
   * Sets a filter of kind bpf whose result is the verdict, at once and without a gap where one with
   * its priority and handle is.
   *
   * @param fd of the loaded program
   */
  public static Request setFilter(TcFilter filter, int fd) {
    AttributeWriter out = new AttributeWriter();
    header(out, filter.ifIndex(), filter.handle(), filter.parent(), info(filter.priority()));
    out.string(TCA_KIND, "bpf")
        .nest(
            TCA_OPTIONS,
            options ->
                options
                    .u32(TCA_BPF_FD, fd)
                    .string(TCA_BPF_NAME, filter.name())
                    .u32(TCA_BPF_FLAGS, TCA_BPF_FLAG_ACT_DIRECT));
    return new Request(
        "set filter '%s' dev %d".formatted(filter.name(), filter.ifIndex()),
        RTM_NEWTFILTER,
        Netlink.NLM_F_CREATE | Netlink.NLM_F_REPLACE,
        out.toPayload());
  }

  /** Removes one filter; ENOENT or EINVAL when it is not there. */
  public static Request deleteFilter(TcFilter filter) {
    AttributeWriter out = new AttributeWriter();
    header(out, filter.ifIndex(), filter.handle(), filter.parent(), info(filter.priority()));
    out.string(TCA_KIND, filter.kind());
    return new Request(
        "del filter '%s' dev %d".formatted(filter.name(), filter.ifIndex()),
        RTM_DELTFILTER,
        0,
        out.toPayload());
  }

  /** The body of a dump of all queueing disciplines. */
  public static Payload allQdiscs() {
    AttributeWriter out = new AttributeWriter();
    header(out, 0, 0, 0, 0);
    return out.toPayload();
  }

  /** The body of a dump of one hook's filters. */
  public static Payload filtersAt(int ifIndex, int parent) {
    AttributeWriter out = new AttributeWriter();
    header(out, ifIndex, 0, parent, 0);
    return out.toPayload();
  }

  /** Reads a queueing discipline. */
  public static TcQdisc qdisc(Payload body) {
    ByteBuffer in = read(body);
    return new TcQdisc(in.getInt(4), in.getInt(8), in.getInt(12), kind(attributes(in)));
  }

  /** Reads a filter. */
  public static TcFilter filter(Payload body) {
    ByteBuffer in = read(body);
    Attributes attributes = attributes(in);
    Attributes options =
        attributes
            .find(TCA_OPTIONS)
            .filter(it -> kind(attributes).equals("bpf"))
            .map(Payload::attributes)
            .orElseGet(() -> Payload.EMPTY.attributes());
    return new TcFilter(
        in.getInt(4),
        in.getInt(12),
        in.getInt(16) >>> 16,
        in.getInt(8),
        kind(attributes),
        options.find(TCA_BPF_NAME).map(Payload::string).orElse(""),
        options.find(TCA_BPF_ID).map(Payload::s32).orElse(0));
  }

  private static String kind(Attributes attributes) {
    return attributes.find(TCA_KIND).map(Payload::string).orElse("");
  }

  private static ByteBuffer read(Payload body) {
    if (body.length() < HEADER) {
      throw new DecodeException("a tcmsg of " + body.length() + " octets");
    }
    return body.buffer();
  }

  private static Attributes attributes(ByteBuffer in) {
    return Attributes.parse(in.duplicate().position(HEADER));
  }

  private static void header(AttributeWriter out, int ifIndex, int handle, int parent, int info) {
    out.header(HEADER).putInt(4, ifIndex).putInt(8, handle).putInt(12, parent).putInt(16, info);
  }

  private static int info(int priority) {
    int all =
        ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN
            ? Short.toUnsignedInt(Short.reverseBytes((short) ETH_P_ALL))
            : ETH_P_ALL;
    return priority << 16 | all;
  }
}
