package io.vrouter.mesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vrouter.netlink.lab.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Which threads of a running daemon go before others, by the kernel's own account. */
@Tag("lab")
class SchedulingIT {
  private static final int SCHED_RR = 2;

  @RegisterExtension final Lab lab = new Lab();

  @Test
  void whatAnswersForTheHostIsRealTimeAndNothingElse() {
    Host host = lab.host(1);
    Host peer = lab.host(2);
    host.stack("172.30.0.0/16");
    peer.stack("172.31.0.0/16");
    host.start();
    peer.start();
    lab.awaitMesh(List.of(host, peer));
    long pid = host.daemon().pid();
    Await.until(
        "the threads that receive have received",
        () -> threads(pid, policy -> policy == SCHED_RR).contains("ucast-receiver-"));
    assertThat(threads(pid, policy -> policy == SCHED_RR))
        .contains("gossip", "VM Thread")
        .isSubsetOf(
            "gossip",
            "gossip-members",
            "VM Thread",
            "ucast-receiver-",
            "mcast-receiver-",
            "data-path-probe");
    assertThat(threads(pid, policy -> policy != SCHED_RR)).contains("reconcile", "host");
    assertThat(check(host).path("result").asText()).isEqualTo("pass");
  }

  /** As in a container that was not given the right. */
  @Test
  void whoMayNotRunsAllTheSameAndIsTold() {
    Host host = lab.host(1);
    Host peer = lab.host(2);
    host.stack("172.30.0.0/16");
    peer.stack("172.31.0.0/16");
    lab.closing(
        host.launch(
            Map.of("MESH_TOKEN", lab.token()),
            List.of(
                "prlimit",
                "--rtprio=0:0",
                "setpriv",
                "--bounding-set=-sys_nice",
                Lab.MESHD.toString(),
                "run",
                "--subnet",
                host.stack().subnet())));
    peer.start();
    lab.awaitMesh(List.of(host, peer));
    Await.until("it is told", () -> check(host).path("result").asText().equals("warn"));
    assertThat(check(host).path("message").asText()).contains("EPERM");
    assertThat(check(host).path("fix").asText()).contains("LimitRTPRIO=1");
    assertThat(host.status().path("healthy").asBoolean()).isTrue();
  }

  private static JsonNode check(Host host) {
    return StreamSupport.stream(host.json("doctor").path("checks").spliterator(), false)
        .filter(check -> check.path("id").asText().equals("scheduling"))
        .findFirst()
        .orElseThrow();
  }

  /** The names of the threads with such a policy, without numbers and what they are bound to. */
  private static Set<String> threads(long pid, IntPredicate policy) {
    Set<String> names = new TreeSet<>();
    try (Stream<Path> tasks = Files.list(Path.of("/proc/" + pid + "/task"))) {
      for (Path task : tasks.toList()) {
        String stat = stat(task);
        int end = stat.lastIndexOf(')');
        // proc(5): the name is field 2, the state 3, the policy 41.
        if (end > 0
            && policy.test(Integer.parseInt(stat.substring(end + 2).split(" ", -1)[41 - 3]))) {
          names.add(stat.substring(stat.indexOf('(') + 1, end));
        }
      }
      return names;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Empty for a thread that has ended meanwhile. */
  private static String stat(Path task) {
    try {
      return Files.readString(task.resolve("stat"));
    } catch (IOException e) {
      return "";
    }
  }
}
