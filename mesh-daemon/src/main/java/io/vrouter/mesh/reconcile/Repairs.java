package io.vrouter.mesh.reconcile;

import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.plan.Desired;
import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.mesh.plan.Observed;
import io.vrouter.mesh.plan.Plan;
import io.vrouter.mesh.plan.Planner;
import io.vrouter.mesh.plan.Step;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Distinguishes repairs from desired changes, and backs off from an object that another program
 * changes again and again. A step is a repair when the kernel, as last in sync, would not need it.
 * The firewall is reported like any object and never left off.
 */
final class Repairs {
  /** Repairs of one object within {@link #WINDOW} from which it is fought over. */
  static final int MOST = 5;

  static final Duration WINDOW = Duration.ofMinutes(1);

  /** First pause between two repairs of an object that is fought over; doubled each time. */
  static final Duration FIRST = Duration.ofSeconds(1);

  static final Duration LAST = Duration.ofSeconds(30);

  /** Most objects reported one by one in a pass. */
  static final int REPORTED = 10;

  private final Consumer<String> events;
  private final Map<String, Fight> fights = new TreeMap<>();
  private @Nullable Observed calm;
  private @Nullable FirewallPolicy calmPolicy;
  private Optional<Long> deadline = Optional.empty();

  /** The repairs of one object. */
  private static final class Fight {
    private final Deque<Long> repaired = new ArrayDeque<>();
    private Duration pause = Duration.ZERO;
    private long notBefore;

    boolean fought() {
      return !pause.isZero();
    }
  }

  /**
   * No repairs yet.
   *
   * @param events receives one line for each repair
   */
  Repairs(Consumer<String> events) {
    this.events = events;
  }

  /** The kernel is in sync with the desired state. */
  void calm(Desired desired, Observed observed) {
    calm = observed;
    calmPolicy = Planner.firewall(desired, observed);
  }

  /** The plan without steps on objects that wait because they are fought over. */
  Plan due(Plan plan, long now) {
    fights.values().removeIf(fight -> over(fight, now));
    Set<String> devices = new HashSet<>();
    List<Step> due = new ArrayList<>();
    deadline = Optional.empty();
    for (Step step : plan.steps()) {
      Fight fight = fights.get(step.object());
      boolean waits = fight != null && fight.fought() && fight.notBefore - now > 0;
      if (fight != null && waits && step instanceof Step.OnDevice on) {
        long until = fight.notBefore;
        deadline = Optional.of(deadline.filter(other -> other - until < 0).orElse(until));
        if (makes(step)) {
          devices.add(on.device());
        }
      } else if (!(step instanceof Step.OnDevice it && devices.contains(it.device()))) {
        due.add(step);
      }
    }
    return due.size() == plan.steps().size() ? plan : new Plan(due, plan.problems());
  }

  private static boolean makes(Step step) {
    return step instanceof Step.CreateDevice || step instanceof Step.CreateTunnel;
  }

  private static boolean over(Fight fight, long now) {
    long last = fight.repaired.getLast();
    return now - last > WINDOW.plus(fight.pause).toNanos();
  }

  /** When the next waiting object is due; empty when none waits. */
  Optional<Long> deadline() {
    return deadline;
  }

  /**
   * Records which of the completed steps were repairs.
   *
   * @return whether all of them were
   */
  boolean note(List<Step> done, Desired desired, Observed observed, long now) {
    Observed before = calm;
    if (before == null || done.isEmpty()) {
      return false;
    }
    Set<Step> wanted = new HashSet<>(Planner.plan(desired, before).steps());
    boolean samePolicy = Planner.firewall(desired, observed).equals(calmPolicy);
    Set<String> devices = new HashSet<>();
    Set<String> repaired = new LinkedHashSet<>();
    int repairs = 0;
    for (Step step : done) {
      boolean firewall = !(step instanceof Step.OnDevice);
      if (step.removes() || wanted.contains(step) || (firewall && !samePolicy)) {
        continue;
      }
      // Containers come and go without a change of the desired state.
      if (step instanceof Step.OfFastPath fast && !before.fastPath().had(fast)) {
        continue;
      }
      repairs++;
      if (step instanceof Step.OnDevice made && makes(step)) {
        devices.add(made.device());
        repaired.add(step.object());
      } else if (!(step instanceof Step.OnDevice on && devices.contains(on.device()))) {
        repaired.add(step.object());
      }
    }
    repaired.forEach(object -> count(object, now));
    report(repaired);
    return repairs == done.size();
  }

  private void count(String object, long now) {
    Fight fight = fights.computeIfAbsent(object, key -> new Fight());
    fight.repaired.addLast(now);
    while (fight.repaired.size() > MOST) {
      fight.repaired.removeFirst();
    }
    boolean often =
        fight.repaired.size() == MOST && now - fight.repaired.getFirst() <= WINDOW.toNanos();
    if (often || fight.fought()) {
      Duration twice = fight.pause.multipliedBy(2);
      fight.pause = fight.fought() ? (twice.compareTo(LAST) > 0 ? LAST : twice) : FIRST;
      fight.notBefore = now + fight.pause.toNanos();
    }
  }

  private void report(Set<String> repaired) {
    repaired.stream().limit(REPORTED).forEach(object -> events.accept("repaired " + object));
    if (repaired.size() > REPORTED) {
      events.accept("repaired %d more objects".formatted(repaired.size() - REPORTED));
    }
  }

  /** One problem for each object that is fought over. */
  List<Problem> problems() {
    List<Problem> problems = new ArrayList<>();
    fights.forEach(
        (object, fight) -> {
          if (fight.fought()) {
            problems.add(
                new Problem(
                    "fought",
                    object + " is changed by another program each time meshd repairs it",
                    "find that program (NetworkManager, systemd-networkd, a firewall, a script)"
                        + " and exclude the object there; 'meshctl events' lists the repairs"));
          }
        });
    return problems;
  }
}
