package io.vrouter.netlink;

import io.vrouter.netlink.wire.Message;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** Messages captured from iproute2 and the kernel, by the command that caused them. */
final class Golden {
  private static final Map<String, String> SENT = new LinkedHashMap<>();
  private static final Map<String, String> RECEIVED = new LinkedHashMap<>();

  static {
    String command = "";
    for (String line : text().lines().toList()) {
      if (line.startsWith("# ")) {
        command = line.substring(2);
      } else if (line.startsWith("> ")) {
        SENT.merge(command, line.substring(2), String::concat);
      } else if (line.startsWith("< ")) {
        RECEIVED.merge(command, line.substring(2), String::concat);
      }
    }
  }

  private Golden() {}

  /** What iproute2 sent for the command. */
  static Message sent(String command) {
    return message(SENT, command);
  }

  /** What the kernel answered to the command. */
  static Message received(String command) {
    return message(RECEIVED, command);
  }

  /** All of them, in their order. */
  static Map<String, byte[]> all() {
    Map<String, byte[]> all = new LinkedHashMap<>();
    SENT.forEach((command, hex) -> all.put("> " + command, HexFormat.of().parseHex(hex)));
    RECEIVED.forEach((command, hex) -> all.put("< " + command, HexFormat.of().parseHex(hex)));
    return all;
  }

  private static Message message(Map<String, String> from, String command) {
    String hex = Objects.requireNonNull(from.get(command), command);
    return Message.parse(ByteBuffer.wrap(HexFormat.of().parseHex(hex))).get(0);
  }

  private static String text() {
    try (InputStream in = Golden.class.getResourceAsStream("/golden.txt")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
