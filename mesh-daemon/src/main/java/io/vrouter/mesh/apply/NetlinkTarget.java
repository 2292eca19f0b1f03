package io.vrouter.mesh.apply;

import io.vrouter.mesh.plan.Step;
import io.vrouter.netlink.NetlinkException;
import io.vrouter.netlink.RtNetlink;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.wire.Errno;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Links, addresses, forwarding entries, neighbours and routes: by rtnetlink, many to a datagram.
 */
public final class NetlinkTarget implements Target {
  private final RtNetlink netlink;

  /** Over a socket that the owner closes. */
  public NetlinkTarget(RtNetlink netlink) {
    this.netlink = netlink;
  }

  @Override
  public boolean takes(Step step) {
    return step instanceof Step.OnDevice;
  }

  @Override
  public List<StepOutcome> apply(List<Step> steps) {
    Map<String, Integer> indexes = new HashMap<>();
    List<StepOutcome> outcomes = new ArrayList<>(steps.size());
    List<Step.OnDevice> together = new ArrayList<>();
    for (Step step : steps) {
      together.add((Step.OnDevice) step);
      if (step instanceof Step.CreateDevice || step instanceof Step.DeleteDevice) {
        // What follows needs the index that the name has from now on.
        flush(together, indexes, outcomes);
        indexes.clear();
      }
    }
    flush(together, indexes, outcomes);
    return outcomes;
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
    List<io.vrouter.netlink.Outcome> answers =
        parts.isEmpty()
            ? List.of()
            : netlink.batch(parts.stream().map(Translation.Part::request).toList());
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

  private StepOutcome outcome(Translation translation, List<io.vrouter.netlink.Outcome> answers) {
    Step step = translation.step();
    String missing = translation.missing();
    if (missing != null) {
      return StepOutcome.failed(
          step,
          "device-gone",
          step + ": there is no device " + missing,
          "nothing: it is tried again");
    }
    for (int i = 0; i < answers.size(); i++) {
      io.vrouter.netlink.Outcome answer = answers.get(i);
      if (!answer.ok() && !translation.parts().get(i).tolerates(answer.errno())) {
        if (step instanceof Step.CreateDevice created && i > 0) {
          removeUnmarked(created.wanted().device());
        }
        return StepOutcome.failed(
            step, code(answer.errno()), step + ": " + answer, fix(answer.errno()));
      }
    }
    return StepOutcome.done(step);
  }

  /** A device that was made but could not be marked would look like somebody else's for ever. */
  private void removeUnmarked(String device) {
    try {
      netlink
          .link(device)
          .ifPresent(
              link ->
                  netlink.batch(
                      List.of(io.vrouter.netlink.route.LinkRequests.delete(link.index()))));
    } catch (NetlinkException e) {
      // The failed step is told anyway, and the next pass reports the device that is in the way.
      return;
    }
  }

  private static String code(int errno) {
    return switch (errno) {
      case Errno.EPERM -> "kernel-permission";
      case Errno.EADDRINUSE -> "vxlan-port-taken";
      case Errno.ENODEV -> "device-gone";
      case Errno.EEXIST -> "kernel-object-exists";
      case Errno.EOPNOTSUPP -> "kernel-unsupported";
      default -> "kernel-refused";
    };
  }

  private static String fix(int errno) {
    return switch (errno) {
      case Errno.EPERM -> "run meshd as root, or with CAP_NET_ADMIN (cap_add: NET_ADMIN)";
      case Errno.EADDRINUSE ->
          "find the owner of the port with 'ss -lunp', or choose another --vxlan-port on all hosts";
      case Errno.EOPNOTSUPP -> "Linux 5.10 or later with the vxlan module is needed";
      default -> "it is tried again; if it stays, see 'meshctl plan' and the kernel's log";
    };
  }
}
