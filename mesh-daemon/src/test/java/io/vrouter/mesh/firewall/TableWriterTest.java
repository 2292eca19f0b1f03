package io.vrouter.mesh.firewall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.mesh.plan.Observed.TableWrite;
import io.vrouter.netlink.Nftables;
import io.vrouter.netlink.lab.Space;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An nft that hangs holds up neither a call nor the elements of another peer. */
class TableWriterTest {
  /** Waits for a word, and fails when it is that. */
  private static final String GATE =
      "read -r word <\"$0\"; [ \"$word\" != fail ] || exit 3; exec nft \"$@\"";

  private final Space host = Space.create();
  private final ExecutorService thread = Executors.newSingleThreadExecutor();
  private final AtomicInteger ended = new AtomicInteger();
  private final AtomicLong now = new AtomicLong();
  private final FirewallPolicy with = MeshLab.policy();
  private final FirewallPolicy without = new FirewallPolicy(4789, 7952, Set.of(), Set.of());
  @TempDir Path directory;
  private RandomAccessFile gate;
  private TableWriter writer;

  @BeforeEach
  void start() throws IOException {
    Path fifo = directory.resolve("gate");
    host.ok("mkfifo", fifo.toString());
    gate = new RandomAccessFile(fifo.toFile(), "rw");
    List<String> stuck = new ArrayList<>(host.command());
    stuck.addAll(List.of("sh", "-c", GATE, fifo.toString()));
    writer =
        new TableWriter(
            new NftTable(new Nft(List.of("/nonexistent/nft")), () -> Nftables.open(host.netns())),
            new NftTable(new Nft(stuck), () -> Nftables.open(host.netns())),
            thread,
            ended::incrementAndGet,
            now::get);
  }

  @AfterEach
  void close() throws IOException {
    thread.shutdownNow();
    gate.close();
    host.close();
  }

  @Test
  void aTableThatIsNotThereYetIsMadeWithoutACallThatWaits() throws Exception {
    assertThat(writer.set(with)).isFalse();
    assertThat(writer.isUnderWay()).isTrue();
    assertThat(writer.hasEnded()).isFalse();
    assertThat(writer.write(with)).isEqualTo(TableWrite.CREATION);
    assertThat(writer.write(without)).as("to be handed over").isEqualTo(TableWrite.NONE);
    assertThat(writer.late()).isEmpty();
    now.addAndGet(TableWriter.LATE.toNanos());
    assertThat(writer.late().orElseThrow().message()).contains("no way is opened");

    open();
    assertThat(writer.hasEnded()).isTrue();
    assertThat(writer.hasEnded()).as("once").isFalse();
    assertThat(writer.late()).isEmpty();
    assertThat(writer.table().compare(with)).isEqualTo(NftTable.TableState.CURRENT);
  }

  @Test
  void elementsGoOnWhileChainsAreWritten() throws Exception {
    MeshLab.table(host).apply(with);
    host.nft("flush chain inet vrouter admit");
    assertThat(writer.set(with)).isFalse();
    assertThat(writer.write(with)).isEqualTo(TableWrite.CHANGE);
    FirewallPolicy more =
        new FirewallPolicy(
            4789, 7952, with.zones(), Set.of(io.vrouter.mesh.model.Prefix.parse("10.77.0.0/16")));
    assertThat(writer.set(more)).isFalse();
    assertThat(host.ok("nft", "list", "set", "inet", "vrouter", "known4")).contains("10.77.0.0/16");
    assertThat(writer.write(more)).isEqualTo(TableWrite.CHANGE);

    open();
    assertThat(writer.table().compare(more))
        .as("the write ends with the newest elements")
        .isEqualTo(NftTable.TableState.CURRENT);
    assertThat(writer.set(without)).as("another structure").isFalse();
  }

  @Test
  void anErrorIsThrownOnceAndThenItIsTriedAgain() throws Exception {
    host.nft("table inet vrouter { }");
    assertThatThrownBy(() -> writer.set(with)).hasMessageContaining("rename or delete");
    host.nft("delete table inet vrouter");
    assertThat(writer.set(with)).isFalse();
    open("fail\n");
    assertThat(writer.hasEnded()).isTrue();
    assertThatThrownBy(() -> writer.set(with)).isInstanceOf(FirewallException.class);
    assertThat(writer.set(with)).as("tried again").isFalse();
    open("go\n".repeat(20));
    assertThat(writer.table().compare(with)).isEqualTo(NftTable.TableState.CURRENT);
  }

  /** Lets nft run until the write has ended. */
  private void open() throws IOException {
    open("go\n".repeat(20));
  }

  private void open(String words) throws IOException {
    int before = ended.get();
    gate.writeBytes(words);
    await().atMost(Duration.ofMinutes(1)).until(() -> ended.get() > before);
  }
}
