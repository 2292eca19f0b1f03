package io.vrouter.mesh.control;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;

/** Answer to {@code plan}: empty when the kernel matches the records. */
@JsonPropertyOrder({"apiVersion", "steps"})
public record PlanReport(String apiVersion, List<Step> steps) {
  public PlanReport {
    steps = List.copyOf(steps);
  }

  /** With the current version. */
  public PlanReport(List<Step> steps) {
    this(Api.VERSION, steps);
  }

  /**
   * One write.
   *
   * @param target the target that executes it, e.g. {@code netlink} or {@code nft}
   * @param step in the syntax of {@code ip}, {@code bridge} or {@code nft}
   * @param reason the cause of the step
   */
  @JsonPropertyOrder({"target", "step", "reason"})
  public record Step(String target, String step, String reason) {}
}
