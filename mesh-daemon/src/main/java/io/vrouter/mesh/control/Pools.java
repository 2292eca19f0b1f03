package io.vrouter.mesh.control;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;

/**
 * Answer to {@code docker-pools}. The pools have the key and the form of Docker's {@code
 * daemon.json}.
 *
 * @param defaultAddressPools the pools for this host's engine
 * @param pool the prefix that all hosts take ranges from
 * @param ranges this host's ranges, in the order of their claims
 * @param subnets subnets allocated by name
 * @param applied whether the engine's {@code daemon.json} has the same pools
 */
@JsonPropertyOrder({"apiVersion", "default-address-pools", "pool", "ranges", "subnets", "applied"})
public record Pools(
    String apiVersion,
    @JsonProperty(DAEMON_KEY) List<DockerPool> defaultAddressPools,
    String pool,
    List<Range> ranges,
    List<Named> subnets,
    InDaemonJson applied) {
  private static final String DAEMON_KEY = "default-address-pools";

  public Pools {
    defaultAddressPools = List.copyOf(defaultAddressPools);
    ranges = List.copyOf(ranges);
    subnets = List.copyOf(subnets);
  }

  /** With the current version. */
  public Pools(
      List<DockerPool> defaultAddressPools,
      String pool,
      List<Range> ranges,
      List<Named> subnets,
      InDaemonJson applied) {
    this(Api.VERSION, defaultAddressPools, pool, ranges, subnets, applied);
  }

  /** State of this host's pools in the engine's {@code daemon.json}. */
  public enum InDaemonJson {
    /** Not there. */
    NO("no"),
    /** The same. */
    YES("yes"),
    /** Different pools: ranges or names have changed since. */
    OUTDATED("outdated"),
    /** The file can't be read from here. */
    UNKNOWN("unknown");

    private final String text;

    InDaemonJson(String text) {
      this.text = text;
    }

    /** As in the contract. */
    @JsonValue
    public String text() {
      return text;
    }
  }

  /** Our part of {@code daemon.json}, as a file of its own. */
  public DaemonPart daemonPart() {
    return new DaemonPart(defaultAddressPools);
  }

  /** The ranges that may still have to move. */
  @JsonIgnore
  public List<String> provisional() {
    return ranges.stream().filter(range -> !range.acknowledged()).map(Range::prefix).toList();
  }

  /** Whether there is a range and none of them may have to move. */
  @JsonIgnore
  public boolean allAcknowledged() {
    return !ranges.isEmpty() && provisional().isEmpty();
  }

  /** The entry for {@code daemon.json}. */
  public record DaemonPart(@JsonProperty(DAEMON_KEY) List<DockerPool> defaultAddressPools) {
    public DaemonPart {
      defaultAddressPools = List.copyOf(defaultAddressPools);
    }
  }

  /**
   * An entry of Docker's {@code default-address-pools}.
   *
   * @param size length of each subnet cut from the base
   */
  @JsonPropertyOrder({"base", "size"})
  public record DockerPool(String base, int size) {}

  /**
   * A range of this host.
   *
   * @param acknowledged whether other hosts acknowledged it; else it may have to move
   */
  @JsonPropertyOrder({"prefix", "acknowledged"})
  public record Range(String prefix, boolean acknowledged) {}

  /** A subnet allocated to a name. */
  @JsonPropertyOrder({"name", "subnet"})
  public record Named(String name, String subnet) {}

  /**
   * The result of {@code docker-pools --apply}.
   *
   * @param file the engine's configuration
   * @param changed whether the file was changed
   * @param replaced former pools of the file, now removed
   */
  public record Applied(String file, boolean changed, List<String> replaced) {
    public Applied {
      replaced = List.copyOf(replaced);
    }
  }
}
