package io.vrouter.mesh.control;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.vrouter.mesh.model.Problem;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Answer to {@code status}.
 *
 * @param node this node's id
 * @param healthy whether there are no errors; notes and warnings leave a host healthy
 * @param members count per status, all statuses listed
 * @param encryption what encrypts the containers' traffic
 * @param converged the last plan was empty against a fresh dump and no pull is outstanding
 */
@JsonPropertyOrder({
  "apiVersion",
  "node",
  "healthy",
  "problems",
  "members",
  "converged",
  "encryption"
})
public record Status(
    String apiVersion,
    String node,
    boolean healthy,
    List<Problem> problems,
    Map<MemberStatus, Integer> members,
    boolean converged,
    Encryption encryption) {
  /**
   * What encrypts the containers' traffic.
   *
   * @param setting {@code none}, {@code prefer} or {@code wireguard}
   * @param peers alive members that are reached inside WireGuard only
   */
  @JsonPropertyOrder({"setting", "peers", "devices"})
  public record Encryption(String setting, int peers, List<Device> devices) {
    /** Nothing does. */
    public static final Encryption NONE = new Encryption("none", 0, List.of());

    public Encryption {
      devices = List.copyOf(devices);
    }
  }

  /**
   * A WireGuard device of this host.
   *
   * @param implementation {@code kernel} or {@code wireguard-go}, null while it doesn't exist
   * @param port UDP
   * @param publicKey base64
   */
  @JsonPropertyOrder({"name", "implementation", "port", "publicKey"})
  public record Device(String name, @Nullable String implementation, int port, String publicKey) {}

  public Status {
    problems = List.copyOf(problems);
    Map<MemberStatus, Integer> counts = new EnumMap<>(MemberStatus.class);
    for (MemberStatus status : MemberStatus.values()) {
      counts.put(status, members.getOrDefault(status, 0));
    }
    members = Collections.unmodifiableMap(counts);
  }

  /** With the current version; healthy when there are no errors. */
  public Status(
      String node, List<Problem> problems, Map<MemberStatus, Integer> members, boolean converged) {
    this(node, problems, members, converged, Encryption.NONE);
  }

  /** As above, with encryption. */
  public Status(
      String node,
      List<Problem> problems,
      Map<MemberStatus, Integer> members,
      boolean converged,
      Encryption encryption) {
    this(
        Api.VERSION,
        node,
        problems.stream().noneMatch(Problem::unhealthy),
        problems,
        members,
        converged,
        encryption);
  }

  /** The problems that make the host unhealthy. */
  public List<Problem> errors() {
    return problems.stream().filter(Problem::unhealthy).toList();
  }

  /** The problems that leave the host healthy. */
  public List<Problem> notes() {
    return problems.stream().filter(problem -> !problem.unhealthy()).toList();
  }
}
