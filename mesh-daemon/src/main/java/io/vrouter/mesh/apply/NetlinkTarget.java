package io.vrouter.mesh.apply;

import io.vrouter.mesh.plan.Step;
import io.vrouter.mesh.plan.Wanted;
import io.vrouter.netlink.Outcome;
import io.vrouter.netlink.RtNetlink;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.route.LinkRequests;
import io.vrouter.netlink.wire.Errno;
import io.vrouter.netlink.wire.Request;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Applies links, addresses, forwarding entries, neighbours and routes by rtnetlink, many per
 * datagram.
 */
public final class NetlinkTarget implements Target {
  private final RtNetlink netlink;

  /** Uses a socket that the owner closes. */
  public NetlinkTarget(RtNetlink netlink) {
    this.netlink = netlink;
  }

  @Override
  public boolean takes(Step step) {
    return step instanceof Step.OnDevice && !(step instanceof Step.OfTunnel);
  }

  @Override
  public List<StepOutcome> apply(List<Step> steps) {
    Map<String, Integer> indexes = new HashMap<>();
    List<StepOutcome> outcomes = new ArrayList<>(steps.size());
    List<Step.OnDevice> together = new ArrayList<>();
    for (Step step : steps) {
      if (step instanceof Step.CreateDevice create) {
        flush(together, indexes, outcomes);
        outcomes.add(create(create));
        indexes.clear();
        continue;
      }
      together.add((Step.OnDevice) step);
      if (step instanceof Step.DeleteDevice) {
        // The following steps need the index that the name has from now on.
        flush(together, indexes, outcomes);
        indexes.clear();
      }
    }
    flush(together, indexes, outcomes);
    return outcomes;
  }

  /**
   * Creates the device alone and marks it by the index it received: by name, the mark could reach
   * another program's device that took the name meanwhile.
   */
  private StepOutcome create(Step.CreateDevice step) {
    Wanted.Device wanted = step.wanted();
    Outcome made = netlink.batch(List.of(Translation.creation(wanted))).get(0);
    Optional<Link> link = netlink.link(wanted.device());
    if (!made.ok()) {
      return made.errno() == Errno.EEXIST && link.isEmpty()
          ? elsewhere(step)
          : StepOutcome.failed(step, code(made.errno()), step + ": " + made, fix(made.errno()));
    }
    if (link.isEmpty()) {
      return gone(step, wanted.device());
    }
    Translation marking =
        new Translation(step, Translation.marking(wanted, link.get().index()), null);
    StepOutcome outcome = outcome(marking, netlink.batch(requests(marking.parts())));
    if (outcome.problem() != null) {
      // Without the mark the device would count as another program's.
      netlink.batch(List.of(LinkRequests.delete(link.get().index())));
    }
    return outcome;
  }

  /**
   * The kernel counts VNIs in the namespace where a device was made, wherever the device is now.
   */
  private static StepOutcome elsewhere(Step.CreateDevice step) {
    Wanted.Device wanted = step.wanted();
    return StepOutcome.failed(
        step,
        "vni-taken-elsewhere",
        "VNI %s with UDP port %d belongs to a VXLAN device that was made in this network namespace"
                .formatted(wanted.vni(), wanted.port())
            + " and moved to another one: no second one can be made",
        ("find it with 'lsns -t net' and 'nsenter --net=/proc/PID/ns/net ip -d link show type"
                + " vxlan', and move it back or delete it; %s is made anew then")
            .formatted(wanted.device()));
  }

  private static StepOutcome gone(Step step, String device) {
    return StepOutcome.failed(
        step, "device-gone", step + ": there is no device " + device, "nothing: it is tried again");
  }

  private static List<Request> requests(List<Translation.Part> parts) {
    return parts.stream().map(Translation.Part::request).toList();
  }

  private void flush(
      List<Step.OnDevice> steps, Map<String, Integer> indexes, List<StepOutcome> outcomes) {
    List<Translation> translations = new ArrayList<>(steps.size());
    List<Translation.Part> parts = new ArrayList<>();
    for (Step.OnDevice step : steps) {
      Translation translation = Translation.of(step, device -> index(device, indexes));
      translations.add(translation);
      parts.addAll(translation.parts());
    }
    steps.clear();
    List<Outcome> answers = parts.isEmpty() ? List.of() : netlink.batch(requests(parts));
    int at = 0;
    for (Translation translation : translations) {
      int to = at + translation.parts().size();
      outcomes.add(outcome(translation, answers.subList(at, to)));
      at = to;
    }
  }

  private @Nullable Integer index(String device, Map<String, Integer> indexes) {
    Integer known = indexes.get(device);
    if (known != null) {
      return known;
    }
    Optional<Link> link = netlink.link(device);
    link.ifPresent(found -> indexes.put(device, found.index()));
    return link.map(Link::index).orElse(null);
  }

  private StepOutcome outcome(Translation translation, List<Outcome> answers) {
    Step step = translation.step();
    String missing = translation.missing();
    if (missing != null) {
      return gone(step, missing);
    }
    for (int i = 0; i < answers.size(); i++) {
      Outcome answer = answers.get(i);
      if (!answer.ok() && !translation.parts().get(i).tolerates(answer.errno())) {
        return StepOutcome.failed(
            step, code(answer.errno()), step + ": " + answer, fix(answer.errno()));
      }
    }
    return StepOutcome.done(step);
  }

  private static String code(int errno) {
    return switch (errno) {
      case Errno.EPERM -> "kernel-permission";
      case Errno.EADDRINUSE -> "vxlan-port-taken";
      case Errno.ENODEV -> "device-gone";
      case Errno.EEXIST -> "kernel-object-exists";
      case Errno.EOPNOTSUPP -> "kernel-unsupported";
      case Errno.ENOSPC -> "fdb-full";
      default -> "kernel-refused";
    };
  }

  private static String fix(int errno) {
    return switch (errno) {
      case Errno.EPERM -> "run meshd as root, or with CAP_NET_ADMIN (cap_add: NET_ADMIN)";
      case Errno.EADDRINUSE ->
          "find the owner of the port with 'ss -lunp', or choose another --vxlan-port on all hosts";
      case Errno.ENOSPC ->
          "a member sends frames from thousands of addresses: find it by 'bridge fdb show'"
              + " (the dst that most entries have)";
      case Errno.EOPNOTSUPP -> "Linux 5.10 or later with the vxlan module is needed";
      default -> "it is tried again; if it stays, see 'meshctl plan' and the kernel's log";
    };
  }
}
