package io.vrouter.mesh.cli;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;

/** Writes regular files as a gzipped ustar archive (POSIX.1-1988, tar(5)). */
final class TarGz implements Closeable {
  private static final int BLOCK = 512;
  private static final int MAX_NAME = 100;
  private static final int CHECKSUM_AT = 148;
  private static final int CHECKSUM_LENGTH = 8;

  private final GZIPOutputStream out;
  private final long seconds;

  /**
   * Writes to a stream, which stays open.
   *
   * @param seconds the files' time of change, since 1970
   */
  TarGz(OutputStream out, long seconds) throws IOException {
    this.out = new GZIPOutputStream(out);
    this.seconds = seconds;
  }

  /**
   * Adds a file of mode 0600.
   *
   * @param name at most 100 octets, relative
   */
  void add(String name, byte[] content) throws IOException {
    byte[] path = name.getBytes(StandardCharsets.UTF_8);
    if (path.length > MAX_NAME) {
      throw new IllegalArgumentException("'" + name + "' is longer than " + MAX_NAME + " octets");
    }
    byte[] header = new byte[BLOCK];
    System.arraycopy(path, 0, header, 0, path.length);
    octal(header, 100, 8, 0600);
    octal(header, 108, 8, 0);
    octal(header, 116, 8, 0);
    octal(header, 124, 12, content.length);
    octal(header, 136, 12, seconds);
    Arrays.fill(header, CHECKSUM_AT, CHECKSUM_AT + CHECKSUM_LENGTH, (byte) ' ');
    header[156] = '0';
    put(header, 257, "ustar\u000000");
    int sum = 0;
    for (byte octet : header) {
      sum += octet & 0xFF;
    }
    octal(header, CHECKSUM_AT, 7, sum);
    out.write(header);
    out.write(content);
    out.write(new byte[(BLOCK - content.length % BLOCK) % BLOCK]);
  }

  /** Writes the end of the archive. */
  @Override
  public void close() throws IOException {
    out.write(new byte[2 * BLOCK]);
    out.finish();
    out.flush();
  }

  /** Digits that fill the field but for its terminating zero octet. */
  private static void octal(byte[] header, int at, int length, long value) {
    String digits = Long.toOctalString(value);
    put(header, at, "0".repeat(length - 1 - digits.length()) + digits);
    header[at + length - 1] = 0;
  }

  private static void put(byte[] header, int at, String text) {
    byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(octets, 0, header, at, octets.length);
  }
}
