package io.vrouter.mesh.control;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
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
   * @param path the data path from the observer; null for the observer itself
   * @param encrypted {@code wireguard} when that encrypts what the observer sends there; null when
   *     nothing does, and for the observer itself
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
    "since",
    "path",
    "encrypted"
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
      Instant since,
      @Nullable Path path,
      @Nullable String encrypted) {
    public Member {
      subnets = List.copyOf(subnets);
      since = since.truncatedTo(ChronoUnit.MILLIS);
    }

    /** A member that is reached in plain. */
    public Member(
        String id,
        String name,
        MemberStatus status,
        String underlay,
        @Nullable String overlay,
        @Nullable String mac,
        List<Subnet> subnets,
        String version,
        Instant since,
        @Nullable Path path) {
      this(id, name, status, underlay, overlay, mac, subnets, version, since, path, null);
    }
  }

  /**
   * Result of the data path probes.
   *
   * @param direction the broken one; null when none is, and while that is unknown
   * @param mtu octets of the largest IP packet that arrives; null while unknown and when none does
   * @param rttMicros round trip of the newest answer in microseconds; null before the first
   * @param since when the state was entered, by this observer's clock, to the millisecond
   */
  @JsonPropertyOrder({"state", "direction", "mtu", "rttMicros", "since"})
  public record Path(
      PathHealth state,
      @Nullable Direction direction,
      @Nullable Integer mtu,
      @Nullable Long rttMicros,
      Instant since) {
    public Path {
      since = since.truncatedTo(ChronoUnit.MILLIS);
    }

    /** The state with the octets that arrive, or the broken direction: for tables. */
    public String words() {
      String octets = mtu == null ? "" : " " + mtu;
      return state + octets + (direction == null ? "" : " (" + direction + ")");
    }

    /** Result of probing. */
    public enum PathHealth {
      OK,
      DEGRADED,
      UNREACHABLE,
      UNKNOWN;

      /** The name in answers and tables. */
      @JsonValue
      @Override
      public String toString() {
        return name().toLowerCase(Locale.ROOT);
      }
    }

    /** Direction as seen from the observer. */
    public enum Direction {
      TO,
      FROM,
      BOTH;

      /** The name in answers and tables. */
      @JsonValue
      @Override
      public String toString() {
        return name().toLowerCase(Locale.ROOT);
      }
    }
  }

  /**
   * A container subnet that a member advertises.
   *
   * @param network Docker's name of it, null when it was configured by the operator
   * @param stack the compose project, null when there is none
   */
  @JsonPropertyOrder({"prefix", "vni", "network", "stack"})
  public record Subnet(String prefix, int vni, @Nullable String network, @Nullable String stack) {}
}
