package io.vrouter.mesh.control;

import org.jspecify.annotations.Nullable;

/** The version of this program, from its jar's manifest. */
public final class Version {
  private Version() {}

  /** The version, {@code dev} when run from classes. */
  public static String current() {
    @Nullable String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "dev" : version;
  }
}
