package io.vrouter.mesh.cli;

import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The host that this process runs on. */
final class SystemUpHost implements UpHost {
  /** Longest file read, in bytes: a mistaken path may name a huge file. */
  private static final int MAX_BYTES = 1 << 20;

  private static final long PAUSE_MILLIS = 200;

  private final InputStream stdin;

  SystemUpHost(InputStream stdin) {
    this.stdin = stdin;
  }

  @Override
  public boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  @Override
  public boolean hasSystemd() {
    // The directory that sd_booted(3) looks for.
    return Files.isDirectory(Path.of("/run/systemd/system"));
  }

  @Override
  public Optional<String> read(Path file) throws IOException {
    if (file.toString().equals("-")) {
      return Optional.of(text(stdin, "standard input"));
    }
    try (InputStream in = Files.newInputStream(file)) {
      return Optional.of(text(in, file.toString()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private static String text(InputStream in, String name) throws IOException {
    byte[] bytes = in.readNBytes(MAX_BYTES + 1);
    if (bytes.length > MAX_BYTES) {
      throw new IOException(name + " is longer than " + MAX_BYTES + " bytes");
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public void write(Path file, String text, String mode) throws IOException {
    Path directory = Objects.requireNonNull(file.toAbsolutePath().getParent());
    Files.createDirectories(directory);
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    try (FileChannel out =
        FileChannel.open(
            fresh,
            java.util.Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString(mode));
      out.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel names = FileChannel.open(directory)) {
      names.force(true);
    }
  }

  @Override
  public void setAside(Path file) throws IOException {
    Files.move(
        file,
        file.resolveSibling(file.getFileName() + ".old"),
        StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public Optional<String> ask(String prompt) {
    if (!"1".equals(System.getProperty("meshctl.asks"))) {
      return Optional.empty();
    }
    Console console = Objects.requireNonNull(System.console(), "the launcher saw a terminal");
    char[] typed = console.readPassword("%s", prompt);
    if (typed == null) {
      return Optional.empty();
    }
    String line = new String(typed);
    Arrays.fill(typed, ' ');
    return Optional.of(line);
  }

  @Override
  public Ran run(List<String> command) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(Path.of("/dev/null").toFile());
    builder.environment().remove("MESH_TOKEN");
    Process process = builder.start();
    String said;
    try (InputStream out = process.getInputStream()) {
      said = new String(out.readAllBytes(), StandardCharsets.UTF_8);
    }
    return new Ran(process.waitFor(), said);
  }

  @Override
  public void pause() throws InterruptedException {
    Thread.sleep(PAUSE_MILLIS);
  }
}
