package io.vrouter.bench;

import io.vrouter.membership.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Completed runs, one a line, so that a long bench can be done in pieces. A run counts only for the
 * code that made it: its line begins with a digest over the classes. Thread-safe.
 */
final class Results {
  private final @Nullable Path file;
  private final String code;
  private final Map<String, String> done = new HashMap<>();

  /**
   * Reads the existing runs.
   *
   * @param file stores the runs; null stores nothing
   * @param classes classes whose directories make the digest
   */
  Results(@Nullable Path file, List<Class<?>> classes) throws IOException {
    this.file = file;
    this.code = file == null ? "" : digest(classes);
    if (file != null && Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        String[] fields = line.split("\t", 6);
        if (fields.length == 6 && fields[0].equals(code)) {
          done.put(key(fields[1], fields[2], fields[3]), line);
        }
      }
    }
  }

  private static String key(Object what, Object nodes, Object seed) {
    return what + "\t" + nodes + "\t" + seed;
  }

  /** The output and values of a completed run, or null. */
  synchronized @Nullable Figures find(String what, int nodes, long seed) {
    String line = done.get(key(what, nodes, seed));
    return line == null ? null : Figures.parse(line.split("\t", 6)[5]);
  }

  /** Stores a run. */
  synchronized void keep(String what, int nodes, long seed, long digest, Figures figures) {
    if (file != null) {
      String line =
          "%s\t%s\t%016x\t%s%n"
              .formatted(code, key(what, nodes, seed), digest, figures.serialized());
      try {
        Files.writeString(file, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      } catch (IOException e) {
        throw new UncheckedIOException("keeping a run in " + file, e);
      }
    }
  }

  /** A digest over all classes in the directories of these. */
  private static String digest(List<Class<?>> classes) throws IOException {
    MessageDigest sha = Sha256.digest();
    for (Class<?> one : classes) {
      Path root = Path.of(one.getProtectionDomain().getCodeSource().getLocation().getPath());
      Path directory = root.resolve(one.getPackageName().replace('.', '/'));
      try (Stream<Path> files = Files.list(directory)) {
        for (Path path : files.filter(p -> p.toString().endsWith(".class")).sorted().toList()) {
          try (InputStream in = Files.newInputStream(path)) {
            sha.update(path.getFileName().toString().getBytes(StandardCharsets.UTF_8));
            sha.update(in.readAllBytes());
          }
        }
      }
    }
    return HexFormat.of().formatHex(sha.digest(), 0, 8);
  }
}
