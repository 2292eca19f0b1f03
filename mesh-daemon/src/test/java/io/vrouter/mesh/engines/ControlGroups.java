package io.vrouter.mesh.engines;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The control groups that containers leave behind when their engine is killed: directories under a
 * parent that names the JVM they were made for.
 */
final class ControlGroups {
  private static final Path ROOT = Path.of("/sys/fs/cgroup");
  private static final String PREFIX = "vrouter-mesh-";

  private static @Nullable Process guard;

  private ControlGroups() {}

  /** The parent for this JVM's containers, for {@code dockerd --cgroup-parent}. */
  static String parent() {
    return PREFIX + ProcessHandle.current().pid();
  }

  /**
   * Has what {@link #thaw} does done when this JVM ends, killed or not: what is frozen then would
   * outlive it, holding its namespaces.
   */
  static synchronized void guard() {
    if (guard != null) {
      return;
    }
    String script =
        "cat; find \"$1\" -path \"*/$2/*\" -name freezer.state"
            + " -exec sh -c 'echo THAWED >\"$0\"' {} \\;";
    try {
      // Not tied to this JVM as others are: it waits for the end of its input.
      guard =
          new ProcessBuilder("sh", "-c", script, "sh", ROOT.toString(), parent())
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Lets go on what {@code docker pause} has frozen: with version 1 a signal waits for that. */
  static void thaw() {
    for (Path parent : parents()) {
      if (parent.getFileName().toString().equals(parent())) {
        try (Stream<Path> tree = Files.walk(parent)) {
          tree.filter(Files::isDirectory).forEach(ControlGroups::thaw);
        } catch (IOException | UncheckedIOException e) {
          throw new AssertionError("cannot thaw " + parent, e);
        }
      }
    }
  }

  private static void thaw(Path group) {
    try {
      Files.writeString(group.resolve("freezer.state"), "THAWED", StandardOpenOption.WRITE);
    } catch (NoSuchFileException e) {
      // Another controller's group, or one that is gone meanwhile.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Removes those of JVMs that are gone. */
  static void sweep() {
    remove(
        name ->
            ProcessHandle.of(Long.parseLong(name.substring(PREFIX.length())))
                .filter(ProcessHandle::isAlive)
                .isEmpty());
  }

  /** Removes this JVM's. */
  static void remove() {
    remove(parent()::equals);
  }

  private static void remove(Predicate<String> doomed) {
    for (Path parent : parents()) {
      if (!doomed.test(parent.getFileName().toString())) {
        continue;
      }
      try (Stream<Path> tree = Files.walk(parent)) {
        for (Path directory :
            tree.filter(Files::isDirectory).sorted(Comparator.reverseOrder()).toList()) {
          thaw(directory);
          // A group is removed by rmdir(2) alone; its files go with it.
          Files.delete(directory);
        }
      } catch (IOException | UncheckedIOException e) {
        // Still in use by what is about to end, or gone already: the next sweep gets it.
      }
    }
  }

  private static List<Path> parents() {
    List<Path> parents = new ArrayList<>();
    // Version 1 has a hierarchy per controller, version 2 has one.
    try (DirectoryStream<Path> hierarchies = Files.newDirectoryStream(ROOT, Files::isDirectory)) {
      for (Path hierarchy : hierarchies) {
        if (Files.isSymbolicLink(hierarchy)) {
          continue;
        }
        if (hierarchy.getFileName().toString().matches(PREFIX + "[0-9]{1,9}")) {
          parents.add(hierarchy);
          continue;
        }
        try (DirectoryStream<Path> groups =
            Files.newDirectoryStream(
                hierarchy, path -> path.getFileName().toString().matches(PREFIX + "[0-9]{1,9}"))) {
          groups.forEach(parents::add);
        }
      }
    } catch (IOException e) {
      throw new AssertionError("cannot list " + ROOT, e);
    }
    return parents;
  }
}
