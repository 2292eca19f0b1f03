package io.vrouter.mesh.api;

import io.vrouter.membership.Member;
import io.vrouter.membership.MemberState;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.Seed;
import io.vrouter.membership.Signer;
import io.vrouter.membership.crypto.KeyReport;
import io.vrouter.membership.crypto.MeshToken;
import io.vrouter.membership.crypto.OperatorKey;
import io.vrouter.membership.jgroups.MovableMembership;
import io.vrouter.mesh.control.Keys;
import io.vrouter.mesh.control.KeysApi;
import io.vrouter.mesh.control.MeshApiException;
import io.vrouter.mesh.control.Tokens;
import io.vrouter.mesh.model.Problem;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The keys and tokens of the running node. Thread-safe. */
public final class LiveKeys implements KeysApi {
  private static final Logger LOG = LoggerFactory.getLogger(LiveKeys.class);
  private static final Duration LONGEST = Duration.ofDays(365);

  private final MovableMembership membership;
  private final Supplier<InetSocketAddress> self;
  private final Path operatorFile;

  /**
   * Creates the object.
   *
   * @param self this host's gossip address, as others reach it
   * @param stateDir where the operator's key is looked for
   */
  public LiveKeys(MovableMembership membership, Supplier<InetSocketAddress> self, Path stateDir) {
    this.membership = membership;
    this.self = self;
    this.operatorFile = stateDir.resolve(OperatorKey.NAME);
  }

  @Override
  public Keys keys() {
    KeyReport report = membership.keyReport();
    Map<NodeId, Integer> held = new TreeMap<>(report.peers());
    int current = report.epochs().isEmpty() ? 0 : report.epochs().get(0).id();
    held.put(membership.self(), current);
    List<Keys.KeyEpoch> epochs = new ArrayList<>();
    for (KeyReport.EpochReport epoch : report.epochs()) {
      epochs.add(
          new Keys.KeyEpoch(
              epoch.number(),
              HexFormat.of().toHexDigits(epoch.id()),
              epoch.use(),
              epoch.age().toSeconds(),
              epoch.by().toString(),
              held.entrySet().stream()
                  .filter(entry -> entry.getValue() == epoch.id())
                  .map(entry -> entry.getKey().toString())
                  .toList()));
    }
    List<String> laggards = new ArrayList<>();
    for (Member member : membership.view().members().values()) {
      if (member.state() == MemberState.ALIVE
          && !Integer.valueOf(current).equals(held.get(member.id()))) {
        laggards.add(member.id().toString());
      }
    }
    laggards.sort(null);
    return new Keys(
        epochs,
        laggards,
        report.bans().stream()
            .map(ban -> new Keys.BanWord(ban.node().toString(), text(ban.by()), ban.inForce()))
            .toList(),
        membership.keys().token().operator().length() > 0);
  }

  private static @Nullable String text(@Nullable NodeId id) {
    return id == null ? null : id.toString();
  }

  @Override
  public Tokens tokens() {
    return new Tokens(
        membership.keyReport().tokens().stream()
            .map(
                token -> {
                  Duration left = token.left();
                  return new Tokens.ListedToken(
                      token.id(),
                      token.kind(),
                      token.state(),
                      text(token.by()),
                      left == null ? null : left.toSeconds());
                })
            .toList());
  }

  @Override
  public Keys rotate(boolean keepTokens) throws MeshApiException {
    try {
      membership.keys().rotate(keepTokens);
    } catch (IllegalStateException e) {
      throw refused(e);
    }
    LOG.info("the keys were rotated{}", keepTokens ? "" : "; earlier tokens admit nobody");
    return keys();
  }

  @Override
  public boolean ban(String nodeId) throws MeshApiException {
    NodeId node = node(nodeId);
    if (node.equals(membership.self())) {
      throw failed("own-node", "this is this host's own id", "run it on another host, or 'leave'");
    }
    Signer operator = operator();
    try {
      if (operator == null) {
        membership.keys().ban(node);
      } else {
        membership.keys().ban(node, operator);
      }
    } catch (IllegalStateException e) {
      throw refused(e);
    }
    LOG.info("node {} was banned{}", node, operator == null ? " here" : " by the operator's key");
    return operator != null;
  }

  /** The operator's key where its file is; else null. */
  private @Nullable Signer operator() throws MeshApiException {
    if (!Files.exists(operatorFile, LinkOption.NOFOLLOW_LINKS)) {
      return null;
    }
    OperatorKey key;
    try {
      key = OperatorKey.read(operatorFile);
    } catch (IOException e) {
      throw failed(
          "operator-key",
          String.valueOf(e.getMessage()),
          "put the operator's key there, mode 0600");
    }
    if (!key.publicKey().equals(membership.keys().token().operator())) {
      throw failed(
          "operator-key",
          operatorFile + " is not the operator's key (--policy-key, else the token's)",
          "put the right key there, or move it away to ban by this host's own word");
    }
    return key;
  }

  @Override
  public IssuedToken createToken(List<String> seeds, @Nullable Duration lifetime, boolean once)
      throws MeshApiException {
    if (lifetime != null && (lifetime.toSeconds() < 1 || lifetime.compareTo(LONGEST) > 0)) {
      throw failed("bad-lifetime", "a token lives 1 s to 365 days", "see 'token create --help'");
    }
    InetSocketAddress at = self.get();
    List<String> all =
        seeds.isEmpty()
            ? List.of(new Seed(at.getAddress().getHostAddress(), at.getPort()).toString())
            : seeds;
    try {
      MeshToken token =
          membership
              .keys()
              .createToken(all, lifetime == null ? 0 : (int) lifetime.toSeconds(), once);
      LOG.info("token {} was made", token.fingerprint());
      return new IssuedToken(token.fingerprint(), token.encode());
    } catch (IllegalStateException | IllegalArgumentException e) {
      throw refused(e);
    }
  }

  @Override
  public void revokeToken(String id) throws MeshApiException {
    if (!id.matches("[0-9a-f]{16}")) {
      throw failed(
          "unknown-token", "a token's id has 16 hexadecimal digits", "see 'meshctl token list'");
    }
    try {
      membership.keys().revoke(HexFormat.fromHexDigitsToLong(id));
    } catch (IllegalArgumentException e) {
      throw failed("unknown-token", String.valueOf(e.getMessage()), "see 'meshctl token list'");
    } catch (IllegalStateException e) {
      throw refused(e);
    }
    LOG.info("token {} was revoked", id);
  }

  private static NodeId node(String nodeId) throws MeshApiException {
    try {
      return NodeId.parse(nodeId);
    } catch (IllegalArgumentException e) {
      throw failed("unknown-node", String.valueOf(e.getMessage()), "see 'meshctl members --all'");
    }
  }

  private static MeshApiException refused(RuntimeException e) {
    return failed("keys", String.valueOf(e.getMessage()), "see 'meshctl keys list' and 'status'");
  }

  private static MeshApiException failed(String code, String message, String fix) {
    return new MeshApiException(new Problem(code, message, fix));
  }
}
