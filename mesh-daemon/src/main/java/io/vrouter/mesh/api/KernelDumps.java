package io.vrouter.mesh.api;

import io.vrouter.mesh.control.Version;
import io.vrouter.mesh.firewall.RuleListing;
import io.vrouter.netlink.Dump;
import io.vrouter.netlink.NetlinkException;
import io.vrouter.netlink.RtNetlink;
import io.vrouter.netlink.route.RouteFilter;
import io.vrouter.netlink.wire.Family;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;
import java.util.function.Function;

/**
 * What the kernel of this network namespace holds, as the planner sees it. From any thread; opens
 * and closes its own socket.
 */
public final class KernelDumps {
  /** Longest text of one file, in characters. */
  static final int LONGEST = 1 << 20;

  private KernelDumps() {}

  /** By file name; a dump that fails is its error. */
  public static Map<String, String> all() {
    Map<String, String> files = new LinkedHashMap<>();
    files.put("versions.txt", versions());
    files.put("kernel/links.txt", dump(RtNetlink::links));
    files.put("kernel/addresses.txt", dump(RtNetlink::addresses));
    files.put("kernel/fdb.txt", dump(RtNetlink::fdb));
    files.put("kernel/nft.txt", shortened(RuleListing.text()));
    for (int family : new int[] {Family.AF_INET, Family.AF_INET6}) {
      String end = family == Family.AF_INET ? "4.txt" : "6.txt";
      files.put("kernel/routes" + end, routes(family));
      files.put("kernel/rules" + end, dump(netlink -> netlink.rules(family)));
      files.put("kernel/neighbors" + end, dump(netlink -> netlink.neighbors(family)));
    }
    return files;
  }

  private static String versions() {
    return "meshd %s%nkernel %s %s%njava %s%n"
        .formatted(
            Version.current(),
            System.getProperty("os.version"),
            System.getProperty("os.arch"),
            Runtime.version());
  }

  private static String dump(Function<RtNetlink, Dump<?>> dump) {
    try (RtNetlink netlink = RtNetlink.open()) {
      StringJoiner lines = new StringJoiner("\n", "", "\n");
      for (Object entry : dump.apply(netlink).entries()) {
        if (lines.length() > LONGEST) {
          break;
        }
        lines.add(entry.toString());
      }
      return shortened(lines.toString());
    } catch (NetlinkException e) {
      return "asking the kernel: " + e.getMessage() + "\n";
    }
  }

  /** Routes as they are read: a router has more of them than this process has room for. */
  private static String routes(int family) {
    try (RtNetlink netlink = RtNetlink.open()) {
      StringJoiner lines = new StringJoiner("\n", "", "\n");
      netlink.forEachRoute(
          RouteFilter.all(family),
          route -> {
            if (lines.length() <= LONGEST) {
              lines.add(route.toString());
            }
          });
      return shortened(lines.toString());
    } catch (NetlinkException e) {
      return "asking the kernel: " + e.getMessage() + "\n";
    }
  }

  private static String shortened(String text) {
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "\n(cut here)\n";
  }
}
