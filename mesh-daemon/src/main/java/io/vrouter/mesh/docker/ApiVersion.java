package io.vrouter.mesh.docker;

import java.util.Comparator;

/** A version of the Engine API, e.g. 1.41 (Docker 20.10); compared number by number. */
record ApiVersion(int major, int minor) implements Comparable<ApiVersion> {
  /** The oldest version in use here: Docker 20.10. */
  static final ApiVersion OLDEST = new ApiVersion(1, 41);

  /** The newest version in use here: Docker 29. A newer engine still accepts it. */
  static final ApiVersion NEWEST = new ApiVersion(1, 52);

  private static final Comparator<ApiVersion> ORDER =
      Comparator.comparingInt(ApiVersion::major).thenComparingInt(ApiVersion::minor);

  /**
   * The version to use with an engine: the lower of its newest and {@link #NEWEST}.
   *
   * @param offered the {@code Api-Version} header of its answer to a ping
   * @throws DockerException when that is older than {@link #OLDEST} or no version
   */
  static ApiVersion negotiate(String offered) throws DockerException {
    if (!offered.matches("[0-9]{1,4}\\.[0-9]{1,4}")) {
      throw new DockerException(
          "the engine names no API version (Api-Version: '%s')"
              .formatted(offered.replaceAll("[^\\x20-\\x7e]", "?")),
          null);
    }
    int dot = offered.indexOf('.');
    ApiVersion version =
        new ApiVersion(
            Integer.parseInt(offered.substring(0, dot)),
            Integer.parseInt(offered.substring(dot + 1)));
    if (version.compareTo(OLDEST) < 0) {
      throw new DockerException(
          "the engine speaks API %s at most, needed is %s (Docker 20.10) or later"
              .formatted(version, OLDEST),
          null);
    }
    return version.compareTo(NEWEST) > 0 ? NEWEST : version;
  }

  @Override
  public int compareTo(ApiVersion other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return major + "." + minor;
  }
}
