package io.vrouter.mesh.control;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answer to {@code members}.
 *
 * @param self this node's id
 */
@JsonPropertyOrder({"apiVersion", "self", "members"})
public record Members(String apiVersion, String self, List<Member> members) {
  public Members {
    members = List.copyOf(members);
  }

  /** With the current version. */
  public Members(String self, List<Member> members) {
    this(Api.VERSION, self, members);
  }

  /**
   * One host.
   *
   * @param id 32 hexadecimal digits
   * @param underlay address without prefix length
   * @param overlay address without prefix length, null until it is claimed
   * @param mac of its VXLAN device, null until it is known
   * @param version of its meshd
   * @param since when the status was entered, by this observer's clock, to the millisecond
   */
  @JsonPropertyOrder({
    "id",
    "name",
    "status",
    "underlay",
    "overlay",
    "mac",
    "subnets",
    "version",
    "since"
  })
  public record Member(
      String id,
      String name,
      MemberStatus status,
      String underlay,
      @Nullable String overlay,
      @Nullable String mac,
      List<Subnet> subnets,
      String version,
      Instant since) {
    public Member {
      subnets = List.copyOf(subnets);
      since = since.truncatedTo(ChronoUnit.MILLIS);
    }
  }

  /**
   * A container subnet that a member advertises.
   *
   * @param network Docker's name of it, null when it was named by hand
   * @param stack the compose project, null when there is none
   */
  @JsonPropertyOrder({"prefix", "vni", "network", "stack"})
  public record Subnet(String prefix, int vni, @Nullable String network, @Nullable String stack) {}
}
