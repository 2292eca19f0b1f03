package io.vrouter.membership.jgroups;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.MembershipEvent.Warning;
import io.vrouter.membership.NodeId;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SendFailuresTest {
  private static final InetSocketAddress ONE = new InetSocketAddress("192.0.2.1", 7950);
  private static final InetSocketAddress TWO = new InetSocketAddress("192.0.2.2", 7950);

  private long now = 3;
  private final Problems problems = new Problems(new NodeId(1, 2), () -> now);
  private final SendFailures failures = new SendFailures(problems, () -> now);

  private void fail(InetSocketAddress to, String words) {
    failures.unsent(to, new IOException(words));
  }

  @Test
  void oneThatIsLostIsNoProblem() {
    fail(ONE, "Network is unreachable");
    now += SendFailures.PERSISTING - 1;
    fail(ONE, "Network is unreachable");
    failures.sent(ONE);
    now += SendFailures.PERSISTING;
    fail(ONE, "Network is unreachable");
    assertThat(problems.list()).isEmpty();
  }

  @Test
  void aDestinationThatGetsNothingIsToldUntilItGetsSome() {
    fail(ONE, "Network is unreachable");
    fail(TWO, "Network is unreachable");
    now += SendFailures.PERSISTING;
    fail(ONE, "Network is unreachable");
    assertThat(problems.list())
        .singleElement()
        .satisfies(
            it -> {
              assertThat(it.code()).isEqualTo("gossip-unsent");
              assertThat(it.message())
                  .isEqualTo(
                      "datagrams to 192.0.2.1:7950 and 1 more can't be sent: Network is"
                          + " unreachable");
              assertThat(it.fix()).contains("ip route get 192.0.2.1", "--underlay");
            });
    failures.sent(TWO);
    assertThat(problems.list()).hasSize(1);
    failures.sent(ONE);
    assertThat(problems.list()).isEmpty();
  }

  @Test
  void itEndsByItselfWhenNothingIsSentThereAnyMore() {
    fail(ONE, "Network is unreachable");
    now += SendFailures.PERSISTING;
    fail(ONE, "Network is unreachable");
    now += TimeUnit.SECONDS.toNanos(61);
    assertThat(problems.list()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1,Operation not permitted,nft list ruleset",
    "192.0.2.1,Message too long,MTU",
    "192.0.2.1,Invalid argument,ip route get 192.0.2.1",
    "239.192.79.50,Network is unreachable,--multicast off",
  })
  void theFixGoesByTheCause(String address, String words, String fix) {
    InetSocketAddress to = new InetSocketAddress(address, 7950);
    fail(to, words);
    now += SendFailures.PERSISTING;
    fail(to, words);
    assertThat(problems.list()).extracting(Warning::fix).singleElement().asString().contains(fix);
  }
}
