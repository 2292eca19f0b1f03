package io.vrouter.mesh.config;

import io.vrouter.membership.TrustedFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** The files and streams that configuration is read from. */
public interface ConfigFiles {
  /** Longest file read, in bytes: a mistaken path may name a huge file. */
  int MAX_BYTES = 1 << 20;

  /**
   * The text of a file, empty when there is no such file.
   *
   * @throws IOException when it exists and can't be read, or is no {@link TrustedFile}
   */
  Optional<String> read(Path file) throws IOException;

  /**
   * Standard input, to its end.
   *
   * @throws IOException when it can't be read
   */
  String stdin() throws IOException;

  /** The machine's files, and the given stream as standard input. */
  static ConfigFiles system(InputStream stdin) {
    return new ConfigFiles() {
      @Override
      public Optional<String> read(Path file) throws IOException {
        try {
          return Optional.of(new String(TrustedFile.read(file, MAX_BYTES), StandardCharsets.UTF_8));
        } catch (NoSuchFileException e) {
          return Optional.empty();
        }
      }

      @Override
      public String stdin() throws IOException {
        return text(stdin, "standard input");
      }
    };
  }

  private static String text(InputStream in, String name) throws IOException {
    byte[] bytes = in.readNBytes(MAX_BYTES + 1);
    if (bytes.length > MAX_BYTES) {
      throw new IOException(name + " is longer than " + MAX_BYTES + " bytes");
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
