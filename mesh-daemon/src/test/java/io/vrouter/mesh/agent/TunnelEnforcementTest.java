package io.vrouter.mesh.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.Bytes;
import io.vrouter.mesh.docker.DockerSnapshot;
import io.vrouter.mesh.observe.Observer;
import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.mesh.plan.KernelState;
import io.vrouter.mesh.plan.Mark;
import io.vrouter.mesh.plan.Wanted;
import io.vrouter.mesh.plan.WireGuardAddress;
import io.vrouter.mesh.plan.Worlds;
import io.vrouter.mesh.record.WireGuardKey;
import io.vrouter.netlink.RtNetlink;
import io.vrouter.netlink.generic.AllowedIp;
import io.vrouter.netlink.generic.WgDevice;
import io.vrouter.netlink.generic.WgKey;
import io.vrouter.netlink.generic.WgPeer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TunnelEnforcementTest {
  private static final InetAddress INSIDE = WireGuardAddress.of(Worlds.id(2), 0, true);
  private static final InetAddress OWN_INSIDE = WireGuardAddress.of(Worlds.id(1), 0, true);

  private final RtNetlink netlink = AgentWorld.kernel().open();
  private final AgentPolicy policy = AgentWorld.policy().withWireGuard(51_820);
  private final KernelState honest = encrypted(List.of(tunnel(1, 51_820, peer("192.0.2.2"))));

  @AfterEach
  void close() {
    netlink.close();
  }

  private static byte[] octets(int first) {
    byte[] octets = new byte[32];
    octets[0] = (byte) first;
    return octets;
  }

  private static Wanted.TunnelPeer peer(String endpoint) {
    return new Wanted.TunnelPeer(
        WgKey.of(octets(2)),
        new InetSocketAddress(Worlds.ip(endpoint), 51_820),
        AllowedIp.host(INSIDE));
  }

  private static Wanted.Tunnel tunnel(int key, int port, Wanted.TunnelPeer peer) {
    return new Wanted.Tunnel(
        0, WgKey.of(octets(key)), port, 1440, Mark.alias(Worlds.id(1)), List.of(peer));
  }

  private static KernelState encrypted(List<Wanted.Tunnel> tunnels) {
    KernelState plain = AgentWorld.desired("172.31.0.0/16").kernel();
    FirewallPolicy firewall = plain.firewall();
    return new KernelState(
        plain.devices(),
        List.of(new Wanted.Address("vrwg0", OWN_INSIDE, 32)),
        plain.floods(),
        plain.fdb(),
        plain.neighbors(),
        plain.routes(),
        List.of(new Wanted.Forwarding("vrwg0", true)),
        Map.of(),
        Map.of(),
        new FirewallPolicy(
            firewall.vxlanPort(),
            firewall.probePort(),
            firewall.zones(),
            firewall.known(),
            new FirewallPolicy.Outer(
                Set.of("vrwg0"), Set.of(51_820), Set.of(Worlds.ip("192.0.2.2")))),
        tunnels,
        List.of(new Wanted.TunnelRoute(WireGuardAddress.IPV4, "vrwg0", OWN_INSIDE, 1)),
        false);
  }

  private Ruling rule(AgentPolicy by, KernelState state) throws RefusedException {
    HostView here =
        HostView.of(
                new Observer(netlink).observe(),
                netlink.addresses().entries(),
                DockerSnapshot.off(),
                by.subnets(),
                Set.of())
            .withKeys(List.of(new WireGuardKey(0, Bytes.of(octets(1)), 51_820)));
    return Enforcement.of(by, here, state);
  }

  @Test
  void theHonestStatePassesAlsoThroughTheSocket() throws RefusedException, IOException {
    Ruling ruling = rule(policy, honest);
    assertThat(ruling.refusals()).isEmpty();
    assertThat(ruling.state()).isEqualTo(honest);
    AgentRequest sent = new AgentRequest.Apply(1, honest, List.of());
    assertThat(MessageCodec.request(MessageCodec.encode(sent))).isEqualTo(sent);
    AgentReply devices =
        new AgentReply.WireGuardAnswer(
            List.of(new WireGuardKey(1, Bytes.of(octets(1)), 51_821)),
            List.of(
                new WgDevice(
                    "vrwg1",
                    WgKey.of(octets(1)),
                    51_821,
                    List.of(
                        new WgPeer(
                            WgKey.of(octets(2)),
                            null,
                            25,
                            7,
                            1,
                            2,
                            List.of(AllowedIp.host(INSIDE)))))),
            List.of());
    assertThat(MessageCodec.reply(MessageCodec.encode(devices))).isEqualTo(devices);
  }

  @Test
  void withoutEncryptionThereIsNoDevice() throws RefusedException {
    Ruling ruling = rule(AgentWorld.policy(), honest);
    assertThat(ruling.state().tunnels()).isEmpty();
    assertThat(ruling.state().tunnelRoutes()).isEmpty();
    assertThat(ruling.state().addresses()).isEmpty();
    assertThat(ruling.state().forwarding()).isEmpty();
    assertThat(ruling.state().firewall().outer().ports()).isEmpty();
  }

  @Test
  void onlyThisHostsKeyAndPortAndOtherHostsAsPeers() throws RefusedException {
    Wanted.TunnelPeer wide =
        new Wanted.TunnelPeer(
            WgKey.of(octets(2)),
            new InetSocketAddress(Worlds.ip("192.0.2.2"), 51_820),
            new AllowedIp(Worlds.ip("10.0.0.0"), 8));
    for (Wanted.Tunnel bad :
        List.of(
            tunnel(9, 51_820, peer("192.0.2.2")),
            tunnel(1, 53, peer("192.0.2.2")),
            tunnel(1, 51_820, peer("127.0.0.1")),
            tunnel(1, 51_820, peer("192.0.2.1")),
            tunnel(1, 51_820, peer(INSIDE.getHostAddress())),
            tunnel(1, 51_820, wide))) {
      Ruling ruling = rule(policy, encrypted(List.of(bad)));
      assertThat(ruling.state().tunnels()).as(bad + " " + bad.peers()).isEmpty();
      assertThat(ruling.state().tunnelRoutes()).isEmpty();
    }
  }
}
