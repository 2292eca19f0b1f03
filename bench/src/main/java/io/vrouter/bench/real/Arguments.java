package io.vrouter.bench.real;

import java.time.Duration;
import java.util.List;

/**
 * Arguments of {@code bench real}.
 *
 * @param hosts 4 to 32
 * @param full repeats more
 * @param cut duration of a cut, 10 to 300 s
 * @param only the one thing to measure; empty: all
 */
record Arguments(int hosts, boolean full, Duration cut, String only) {
  private static final List<String> WORDS =
      List.of("silent", "join", "kill", "link", "path", "idle");

  /** Ends the process with 2 when an argument is unknown. */
  static Arguments parse(String... given) {
    Arguments arguments = new Arguments(30, false, Duration.ofSeconds(60), "");
    for (String argument : given) {
      arguments = arguments.with(argument);
    }
    return arguments;
  }

  private Arguments with(String argument) {
    String value = argument.substring(argument.indexOf('=') + 1);
    if (argument.equals("full")) {
      return new Arguments(hosts, true, cut, only);
    } else if (argument.startsWith("cut=") && within(value, 10, 300)) {
      return new Arguments(hosts, full, Duration.ofSeconds(Long.parseLong(value)), only);
    } else if (argument.startsWith("only=") && WORDS.contains(value)) {
      return new Arguments(hosts, full, cut, value);
    } else if (within(argument, 4, 32)) {
      return new Arguments(Integer.parseInt(argument), full, cut, only);
    }
    System.err.println("bench real: unknown argument '" + argument + "'");
    System.err.println(
        "allowed: ./mesh bench real [4..32] [full] [cut=10..300] [only="
            + String.join("|", WORDS)
            + "]");
    System.exit(2);
    throw new IllegalStateException();
  }

  private static boolean within(String number, int least, int most) {
    return number.matches("[1-9][0-9]{0,2}")
        && Integer.parseInt(number) >= least
        && Integer.parseInt(number) <= most;
  }

  boolean measures(String word) {
    return only.isEmpty() || only.equals(word);
  }
}
