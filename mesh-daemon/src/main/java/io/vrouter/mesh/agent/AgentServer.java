package io.vrouter.mesh.agent;

import io.vrouter.membership.DaemonThreads;
import io.vrouter.mesh.apply.FirewallTarget;
import io.vrouter.mesh.model.Problem;
import io.vrouter.netlink.RtNetlink;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import jdk.net.ExtendedSocketOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves one node on a UNIX socket. Each connection has a thread that reads; one thread named
 * {@code agent} looks at the kernel and writes to it.
 */
public final class AgentServer implements AutoCloseable {
  /** Most connections: a node holds three. */
  static final int CONNECTIONS = 6;

  private static final Logger LOG = LoggerFactory.getLogger(AgentServer.class);
  private static final Duration LEASE_LOOK = Duration.ofMillis(500);
  private static final long BETWEEN_LINES_NANOS = Duration.ofSeconds(30).toNanos();

  private final AgentSocket socket;
  private final AgentPolicy policy;
  private final UserPrincipal user;
  private final AgentAdmission admission;
  private final Answers answers;
  private final Set<Frames> open = ConcurrentHashMap.newKeySet();
  private final Semaphore places = new Semaphore(CONNECTIONS);
  private final Semaphore longFrames = new Semaphore(1);
  private final ScheduledThreadPoolExecutor core =
      new ScheduledThreadPoolExecutor(1, DaemonThreads.named("agent"));
  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(1, DaemonThreads.named("agent-timer"));
  private final ThreadFactory threads = DaemonThreads.numbered("agent-connection-");
  private final Thread acceptor = DaemonThreads.of("agent-accept", this::accept);
  private long lastLine = System.nanoTime() - BETWEEN_LINES_NANOS;

  private AgentServer(
      AgentSocket socket,
      AgentPolicy policy,
      UserPrincipal user,
      AgentCore kernel,
      Answers.Looks looks,
      FactBoard board) {
    this.socket = socket;
    this.policy = policy;
    this.user = user;
    this.admission = new AgentAdmission(board::wake);
    this.answers = new Answers(kernel, looks, board, core);
    timer.setRemoveOnCancelPolicy(true);
    if (policy.lease().isPresent()) {
      Future<?> unused =
          core.scheduleWithFixedDelay(
              answers::expire, LEASE_LOOK.toMillis(), LEASE_LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /**
   * Opens the socket and serves at once.
   *
   * @param netlink used only here; the caller closes it and the targets after {@link #close}
   * @param asked the firewall target of questions
   * @param probed age of the newest probe by sender, of AF_INET or AF_INET6
   * @param tunnels empty without encryption
   * @param avoid seeds and resolvers, as they are now
   * @param clock nanoseconds, monotonic
   * @throws IOException when the socket can't be bound, or another agent answers there
   */
  public static AgentServer open(
      Path path,
      AgentPolicy policy,
      RtNetlink netlink,
      FirewallTarget firewall,
      FirewallTarget asked,
      IntFunction<Optional<Map<InetAddress, Duration>>> probed,
      Optional<AgentTunnels> tunnels,
      FormerStore store,
      FactBoard board,
      Supplier<Set<InetAddress>> avoid,
      LongSupplier clock)
      throws IOException {
    AgentCore kernel =
        new AgentCore(policy, netlink, firewall, tunnels, store, board::docker, avoid, clock);
    // By number: an image without /etc/passwd knows no names.
    UserPrincipal user =
        path.getFileSystem()
            .getUserPrincipalLookupService()
            .lookupPrincipalByName(Integer.toString(policy.user()));
    AgentServer server =
        new AgentServer(
            AgentSocket.bind(path, policy.user()),
            policy,
            user,
            kernel,
            new Answers.Looks(firewall, asked, probed),
            board);
    server.acceptor.start();
    return server;
  }

  /** Ends all connections; the kernel stays as it is. Idempotent. */
  @Override
  public void close() {
    socket.close();
    open.forEach(Frames::close);
    core.shutdown();
    try {
      // A plan that is carried out is not cut in two.
      if (!core.awaitTermination(5, TimeUnit.SECONDS)) {
        LOG.warn("the kernel or a tool of the firewall hangs");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    timer.shutdownNow();
  }

  /** Whether the thread that writes to the kernel doesn't hang. */
  public boolean live() {
    return answers.live();
  }

  private void accept() {
    while (socket.channel().isOpen()) {
      try {
        admit(socket.channel().accept());
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        LOG.warn("the agent's socket can't accept: {}", e.toString());
        pause();
      }
    }
  }

  private void admit(SocketChannel channel) throws IOException {
    UserPrincipal peer = channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
    if (!peer.equals(user)) {
      line("a connection of the user {} is refused: the node's is {}", peer, policy.user());
      channel.close();
    } else if (!places.tryAcquire()) {
      line("more than {} connections of the user {} are refused", CONNECTIONS, policy.user());
      channel.close();
    } else {
      Frames frames = new Frames(channel, timer, longFrames);
      open.add(frames);
      threads.newThread(() -> serve(frames)).start();
    }
  }

  private void serve(Frames frames) {
    AgentAdmission.Entry entry = admission.entry();
    try {
      AgentRequest first = MessageCodec.request(frames.read());
      AgentReply welcome = entry.enter(first);
      frames.write(MessageCodec.encode(welcome));
      while (welcome instanceof AgentReply.Welcome) {
        AgentRequest request = MessageCodec.request(frames.read());
        frames.write(MessageCodec.encode(answers.to(request, entry)));
        frames.release();
      }
    } catch (EOFException | ClosedChannelException e) {
      LOG.debug("a node's connection ended", e);
    } catch (IOException | RejectedExecutionException e) {
      line("a connection of the node is closed: {} ({})", e, "its next one is served");
    } finally {
      frames.release();
      frames.close();
      open.remove(frames);
      entry.leave();
      places.release();
    }
  }

  /** At most one line in a while, whatever the node does. */
  private synchronized void line(String format, Object one, Object other) {
    long now = System.nanoTime();
    if (now - lastLine >= BETWEEN_LINES_NANOS) {
      lastLine = now;
      LOG.warn(format, one, other);
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The reply to a request that can't be carried out. */
  static AgentReply refusal(String what, String fix) {
    return new AgentReply.Refused(new Problem(RemoteAgent.REFUSED, what, fix));
  }
}
