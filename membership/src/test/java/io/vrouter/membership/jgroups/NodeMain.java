package io.vrouter.membership.jgroups;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.DataPathProbe.Answer;
import io.vrouter.membership.MemberRecord.Intent;
import io.vrouter.membership.MembershipEvent.Transition;
import io.vrouter.membership.Seed;
import io.vrouter.membership.crypto.KeyBook;
import io.vrouter.membership.crypto.MeshToken;
import io.vrouter.membership.crypto.NodeIdentity;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;

/**
 * One member as a process of its own: {@code UNDERLAY[=ADVERTISED] STATE-DIR [SEED...]}; without a
 * seed it uses multicast. Prints {@code up MILLISECONDS}, then {@code STATE ADDRESS MILLISECONDS}
 * per transition. Leaves at the line {@code leave}, ends when its input does.
 */
final class NodeMain {
  private NodeMain() {}

  public static void main(String[] args) throws Exception {
    long begin = System.nanoTime();
    Path state = Path.of(args[1]);
    NodeIdentity identity = NodeIdentity.open(state, new SecureRandom());
    MeshToken token = MeshToken.parse("a secret of more than 32 characters");
    String[] addresses = args[0].split("=", 2);
    JGroupsConfig config =
        JGroupsConfig.defaults(
                InetAddress.getByName(addresses[0]),
                KeyBook.empty(token, identity, new SecureRandom(), System::nanoTime),
                identity,
                state,
                (peer, answer) -> answer.accept(Answer.UNKNOWN))
            .withAdvertised(addresses.length == 2 ? InetAddress.getByName(addresses[1]) : null)
            .withMulticast(args.length == 2)
            .withSeeds(
                Arrays.stream(args)
                    .skip(2)
                    .map(seed -> Seed.parse(seed, JGroupsConfig.DEFAULT_PORT))
                    .toList());
    try (JGroupsMembership membership = new JGroupsMembership(config)) {
      membership.listen(
          event -> {
            if (event instanceof Transition to) {
              String host = to.record().endpoint().getAddress().getHostAddress();
              say(to.to() + " " + host, begin);
            }
          });
      membership.start(Bytes.of("node".getBytes(US_ASCII)));
      say("up", begin);
      BufferedReader in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.equals("leave")) {
          membership.leave(Intent.LEAVE, Duration.ofSeconds(2));
          say("gone", begin);
        } else if (line.equals("link")) {
          membership.linkChanged();
        } else if (line.equals("threads")) {
          System.out.println(
              "threads "
                  + Thread.getAllStackTraces().keySet().stream()
                      .filter(thread -> thread.getName().contains("receiver"))
                      .count());
          System.out.flush();
        } else if (line.equals("stats")) {
          say(membership.transportStats() + " " + membership.problems(), begin);
        }
      }
    }
  }

  private static synchronized void say(String what, long begin) {
    System.out.println(what + " " + (System.nanoTime() - begin) / 1_000_000);
    System.out.flush();
  }
}
