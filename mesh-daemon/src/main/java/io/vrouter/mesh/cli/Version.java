package io.vrouter.mesh.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IVersionProvider;

/** The version of this program, from its jar's manifest. */
public final class Version implements IVersionProvider {
  /** The version, {@code dev} when run from classes. */
  public static String current() {
    @Nullable String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "dev" : version;
  }

  @Override
  public String[] getVersion() {
    return new String[] {current()};
  }
}
