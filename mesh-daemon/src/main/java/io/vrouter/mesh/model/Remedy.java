package io.vrouter.mesh.model;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A command that takes a fault away, as an operator types it on the host that has the fault. Only
 * the forms below exist: root runs what a daemon without privileges answers.
 *
 * @param command words between blanks; double quotes hold a word together
 * @param foreign the object that it changes and that isn't ours, with its name; empty when it
 *     changes only what is ours
 */
public record Remedy(String command, String foreign) {
  private static final Pattern OWN =
      Pattern.compile(
          "chmod go= (?:/[\\w.-]+)+/(?:identity|keys|operator-key|wireguard\\.keys)"
              + "|meshctl log info");

  private static final Pattern FOREIGN =
      Pattern.compile(
          "nft insert rule (?:inet|ip|ip6) [\\w.-]+ [\\w.-]+"
              + " (?:[io]ifname \"vxlan\\*\"|udp dport \\d+|meta mark and \\w+ == \\w+) accept"
              + "|iptables -I INPUT -p udp --dport \\d+ -j ACCEPT"
              + "|ufw allow \\d+/udp"
              + "|firewall-cmd --permanent --add-port=\\d+/udp"
              + "|firewall-cmd --permanent --zone=trusted --add-interface=[\\w.-]+"
              + "|firewall-cmd --reload"
              + "|ip route del (?:blackhole |unreachable |prohibit )?[0-9a-f.:]+/\\d+"
              + "(?:(?: via [0-9a-f.:]+)? metric \\d+ proto \\d+| dev [\\w.@-]+)"
              + "|ip rule del pref \\d+"
              + "|ip link set [\\w.@-]+ multicast on"
              + "|nmcli device set [\\w.-]+ managed no"
              + "|networkctl reload"
              + "|timedatectl set-ntp true"
              + "|meshctl forget [0-9a-f]+");

  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");

  public Remedy {
    if (!fits(command, foreign)) {
      throw new IllegalArgumentException("not a command that takes a fault away: " + command);
    }
  }

  /**
   * The commands of one fix; none when one of them has another form, as with a chain of an unusual
   * name.
   *
   * @param foreign the object that all of them change; empty for ours
   */
  public static List<Remedy> all(List<String> commands, String foreign) {
    return commands.stream().allMatch(command -> fits(command, foreign))
        ? commands.stream().map(command -> new Remedy(command, foreign)).toList()
        : List.of();
  }

  private static boolean fits(String command, String foreign) {
    return (foreign.isEmpty() ? OWN : FOREIGN).matcher(command).matches();
  }

  /** Whether it changes only what is ours. */
  public boolean ours() {
    return foreign.isEmpty();
  }

  /** The program and its arguments. */
  public List<String> words() {
    List<String> words = new ArrayList<>();
    Matcher word = WORD.matcher(command);
    while (word.find()) {
      words.add(word.group(1) == null ? word.group(2) : word.group(1));
    }
    return List.copyOf(words);
  }
}
