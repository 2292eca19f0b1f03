package io.vrouter.mesh.plan;

import io.vrouter.membership.Addresses;
import io.vrouter.membership.MemberState;
import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vni;
import io.vrouter.mesh.record.HostRecord;
import io.vrouter.mesh.record.Overlay;
import io.vrouter.mesh.record.Subnet;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Hosts for tests: host N has the underlay address 192.0.2.N, and 10.1.1.N in the overlay. */
public final class Worlds {
  public static final Vni VNI = new Vni(1000);
  public static final Prefix OVERLAY = Prefix.parse("10.1.1.0/24");

  private Worlds() {}

  public static NodeId id(int host) {
    return new NodeId(host, host);
  }

  public static InetAddress ip(String text) {
    return Addresses.parse(text);
  }

  public static LocalState local(LocalNetwork... networks) {
    return local(LocalState.Options.defaults(), networks);
  }

  public static LocalState local(LocalState.Options options, LocalNetwork... networks) {
    return local(new Underlay(ip("192.0.2.1"), 1500, 2), options, networks);
  }

  public static LocalState local(
      Underlay underlay, LocalState.Options options, LocalNetwork... networks) {
    return new LocalState(
        id(1),
        "host1",
        "test",
        underlay,
        4789,
        List.of(new LocalVni(VNI, OVERLAY, null)),
        List.of(networks),
        options);
  }

  /** A host that is connected to a network by a bridge. */
  public static ForeignRoutes connected(String prefix, String device) {
    return new ForeignRoutes(
        List.of(new ForeignRoutes.Occupied(Prefix.parse(prefix), device, true)),
        java.util.Set.of());
  }

  public static LocalNetwork network(String prefix, @Nullable String device) {
    return new LocalNetwork(Prefix.parse(prefix), VNI, device, null, "net", "stack");
  }

  public static OwnClaims claims(String overlay, String... prefixes) {
    Map<Prefix, Long> subnets = new java.util.HashMap<>();
    for (String prefix : prefixes) {
      subnets.put(Prefix.parse(prefix), 1L);
    }
    return new OwnClaims(
        List.of(new Overlay(VNI, ip(overlay), 1)), List.of(), subnets, java.util.Set.of());
  }

  public static RemoteHost peer(int host, String... prefixes) {
    return peer(host, MemberState.ALIVE, record(host, 1, prefixes));
  }

  public static RemoteHost peer(int host, MemberState state, HostRecord record) {
    return new RemoteHost(id(host), state, record);
  }

  public static HostRecord record(int host, long lamport, String... prefixes) {
    return record(host, "192.0.2." + host, "10.1.1." + host, lamport, prefixes);
  }

  public static HostRecord record(
      int host, String underlay, String overlay, long lamport, String... prefixes) {
    List<Subnet> subnets =
        java.util.Arrays.stream(prefixes)
            .map(
                prefix ->
                    new Subnet(Prefix.parse(prefix), VNI, "net", "stack" + host, null, lamport))
            .toList();
    return new HostRecord(
        "host" + host,
        "test",
        ip(underlay),
        4789,
        List.of(new Overlay(VNI, ip(overlay), lamport)),
        subnets);
  }
}
