package io.vrouter.netlink.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Damaged inputs: what a broken or hostile sender may make of a real one. */
public final class Mutation {
  private static final int LONGEST = 70_000;

  private static final List<String> WORDS =
      List.of(
          "0",
          "-1",
          "null",
          "{}",
          "[]",
          "\"\"",
          "1e999",
          "999999999999999999999",
          ":",
          "\n",
          "\t",
          "- ",
          "&a ",
          "*a",
          "!!java.lang.Runtime ",
          "10.0.0.0/8",
          "::/0",
          "::ffff:1.2.3.4",
          "fe80::1%lo",
          "\u001b[2J",
          "\u0000",
          "ü",
          "true",
          "[[[[[[[[",
          "{\"a\":",
          "256",
          "65536");

  private static final byte[] ODD = {0, 1, 2, 4, 0x7f, (byte) 0x80, (byte) 0xfe, (byte) 0xff};

  private Mutation() {}

  /** A mutation of one of some inputs; with none, random octets. */
  public static byte[] of(List<byte[]> inputs, Random random) {
    if (inputs.isEmpty() || random.nextInt(50) == 0) {
      byte[] octets = new byte[random.nextInt(300)];
      random.nextBytes(octets);
      return octets;
    }
    byte[] octets = inputs.get(random.nextInt(inputs.size())).clone();
    int steps = 1 + random.nextInt(random.nextInt(4) == 0 ? 12 : 3);
    for (int i = 0; i < steps; i++) {
      octets = step(octets, inputs, random);
    }
    return octets;
  }

  private static byte[] step(byte[] octets, List<byte[]> inputs, Random random) {
    int at = octets.length == 0 ? 0 : random.nextInt(octets.length);
    int length = Math.min(octets.length - at, 1 + random.nextInt(16));
    switch (random.nextInt(11)) {
      case 0 -> {
        return Arrays.copyOf(octets, at);
      }
      case 1 -> {
        return join(octets, at, new byte[0], at + length);
      }
      case 2 -> {
        return join(octets, at, Arrays.copyOfRange(octets, at, at + length), at);
      }
      case 3 -> {
        byte[] other = inputs.get(random.nextInt(inputs.size()));
        int from = other.length == 0 ? 0 : random.nextInt(other.length);
        return join(octets, at, Arrays.copyOfRange(other, from, other.length), octets.length);
      }
      case 4 -> {
        byte[] word = WORDS.get(random.nextInt(WORDS.size())).getBytes(StandardCharsets.UTF_8);
        return join(octets, at, word, random.nextBoolean() ? at : at + length);
      }
      case 5 -> {
        byte[] run = new byte[1 + random.nextInt(400)];
        Arrays.fill(run, octets.length == 0 ? (byte) '[' : octets[at]);
        return join(octets, at, run, at);
      }
      case 6 -> {
        return put(octets, at, 2, ODD[random.nextInt(ODD.length)]);
      }
      case 7 -> {
        return put(octets, at, 4, ODD[random.nextInt(ODD.length)]);
      }
      case 8 -> {
        return put(octets, at, 1, ODD[random.nextInt(ODD.length)]);
      }
      case 9 -> {
        return put(octets, at, 1, (byte) random.nextInt());
      }
      default -> {
        return octets.length == 0
            ? octets
            : put(octets, at, 1, (byte) (octets[at] ^ 1 << random.nextInt(8)));
      }
    }
  }

  private static byte[] put(byte[] octets, int at, int count, byte value) {
    for (int i = at; i < Math.min(octets.length, at + count); i++) {
      octets[i] = value;
    }
    return octets;
  }

  /** The octets before {@code at}, some more, and those from {@code rest} on. */
  private static byte[] join(byte[] octets, int at, byte[] more, int rest) {
    int length = at + more.length + octets.length - rest;
    if (length > LONGEST) {
      return octets;
    }
    byte[] joined = Arrays.copyOf(octets, length);
    System.arraycopy(more, 0, joined, at, more.length);
    System.arraycopy(octets, rest, joined, at + more.length, octets.length - rest);
    return joined;
  }
}
