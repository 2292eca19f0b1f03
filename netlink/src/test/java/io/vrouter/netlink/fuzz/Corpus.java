package io.vrouter.netlink.fuzz;

import io.vrouter.netlink.lab.Sources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The inputs of one decoder that are kept in the tree, {@code src/test/resources/fuzz/NAME} of a
 * module: real ones, and mutations that took a way of their own through the decoder.
 */
public final class Corpus {
  /** Longest input that {@link #grow} keeps. */
  private static final int KEPT = 2048;

  private final Path directory;
  private final List<byte[]> inputs = new ArrayList<>();

  private Corpus(Path directory) {
    this.directory = directory;
  }

  /** Reads a corpus; an absent one is empty. */
  public static Corpus of(String module, Decoder decoder) {
    Path directory =
        Sources.ROOT.resolve(module).resolve("src/test/resources/fuzz").resolve(decoder.name());
    Corpus corpus = new Corpus(directory);
    if (Files.isDirectory(directory)) {
      try (Stream<Path> files = Files.list(directory).sorted()) {
        for (Path file : files.toList()) {
          corpus.inputs.add(Files.readAllBytes(file));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return corpus;
  }

  /** The inputs; not to be changed. */
  public List<byte[]> inputs() {
    return inputs;
  }

  /**
   * Adds inputs that take new ways, and writes them to the tree.
   *
   * @param seeds inputs of the present format, which are kept, too
   * @param tries mutations
   * @param most inputs of the corpus
   */
  public void grow(Decoder decoder, List<byte[]> seeds, int tries, int most) throws IOException {
    Files.createDirectories(directory);
    Set<String> ways = new HashSet<>();
    inputs.forEach(input -> ways.add(decoder.run(input)));
    for (byte[] seed : seeds) {
      if (ways.add(decoder.run(seed))) {
        keep(seed);
      }
    }
    Random random = new Random(1);
    for (int i = 0; i < tries && inputs.size() < most && !inputs.isEmpty(); i++) {
      byte[] input = Mutation.of(inputs, random);
      if (input.length <= KEPT && ways.add(decoder.run(input))) {
        keep(input);
      }
    }
  }

  private void keep(byte[] input) throws IOException {
    inputs.add(input);
    String name = "%08x".formatted(java.util.Arrays.hashCode(input));
    Files.write(directory.resolve(name), input);
  }

  @Override
  public String toString() {
    StringBuilder all = new StringBuilder(directory.toString());
    inputs.forEach(input -> all.append('\n').append(HexFormat.of().formatHex(input)));
    return all.toString();
  }
}
