package io.vrouter.mesh.node;

import io.vrouter.mesh.agent.Agent;
import io.vrouter.mesh.agent.LocalAgent;
import io.vrouter.mesh.config.MeshConfig;
import io.vrouter.mesh.fastpath.FastPath;
import io.vrouter.mesh.firewall.HostFirewall;
import io.vrouter.mesh.firewall.ProbedSet;
import io.vrouter.mesh.host.HostFacts;
import io.vrouter.mesh.host.Preflight;
import io.vrouter.mesh.local.DockerFollower;
import io.vrouter.mesh.local.HostWatch;
import io.vrouter.mesh.local.SilentRules;
import io.vrouter.mesh.model.Encryption;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.observe.Watch;
import io.vrouter.mesh.path.ProbeSenders;
import io.vrouter.mesh.wireguard.TunnelKeys;
import io.vrouter.mesh.wireguard.WireGuardKeys;
import io.vrouter.mesh.wireguard.WireGuardTarget;
import io.vrouter.netlink.Nftables;
import io.vrouter.netlink.RtNetlink;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The agent of {@code meshd run}: in the node's process. */
final class OwnAgentSide implements AgentSide {
  private final MeshConfig config;
  private final Closeables parts;
  private final HostFirewall firewall;
  private Optional<WireGuardKeys> keys = Optional.empty();
  private volatile Runnable onAnswer = () -> {};
  private final RtNetlink netlink;
  private final AtomicReference<@Nullable Watch> rules = new AtomicReference<>();

  /** With the reconciler's socket, which the owner closes. */
  OwnAgentSide(MeshConfig config, RtNetlink netlink, Closeables parts) {
    this.config = config;
    this.parts = parts;
    this.firewall = parts.add(new HostFirewall(() -> onAnswer.run()));
    this.netlink = netlink;
  }

  @Override
  public Optional<TunnelKeys> tunnelKeys() throws NotYetException {
    if (config.encryption() == Encryption.NONE) {
      return Optional.empty();
    }
    try {
      keys =
          Optional.of(
              WireGuardKeys.open(config.stateDir(), new SecureRandom(), config.wireguardPort()));
      return keys.map(Function.identity());
    } catch (IOException e) {
      throw new NotYetException(
          new Problem(
              "wireguard-keys",
              "the WireGuard keys in " + config.stateDir() + " can't be used: " + e.getMessage(),
              "make the file root's own with mode 0600, or remove it: a new key is made"),
          e);
    }
  }

  @Override
  public Agent agent(Runnable answered) {
    onAnswer = answered;
    HostFirewall asked = parts.add(new HostFirewall());
    FastPath fastPath = parts.add(new FastPath(netlink, config.fastPath(), () -> onAnswer.run()));
    return keys.<Agent>map(
            own ->
                new LocalAgent(
                    netlink,
                    firewall,
                    asked,
                    fastPath,
                    parts.add(new WireGuardTarget(netlink, own))))
        .orElseGet(() -> new LocalAgent(netlink, firewall, asked, fastPath));
  }

  @Override
  public Preflight preflight(HostFacts facts) {
    return Preflight.check(facts, config.vxlanPort(), config.gossipPort(), null);
  }

  @Override
  public void followDocker(HostWatch host) {
    parts.add(new DockerFollower(config, host::docker));
  }

  @Override
  public void followRules(Runnable changed, Runnable firewallChanged) {
    rules.set(parts.add(Watch.rules(changed)));
    parts.add(new SilentRules(firewall, firewallChanged));
  }

  @Override
  public ProbeSenders probeSenders() {
    return parts.add(new ProbedSet(Nftables::open))::ages;
  }

  @Override
  public List<Problem> problems() {
    Watch watch = rules.get();
    return watch == null ? List.of() : watch.problem().stream().toList();
  }

  @Override
  public boolean split() {
    return false;
  }
}
