package io.vrouter.mesh.record;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import io.vrouter.membership.Addresses;
import io.vrouter.membership.Bytes;
import io.vrouter.membership.MemberRecord;
import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Defaults;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vni;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The payload's format: one CBOR map (RFC 8949) with one-letter keys, so that a common record fits
 * one datagram. Unknown keys are skipped: a newer version may add some.
 *
 * <p>Addresses are byte strings of 4 or 16 bytes; a prefix is its length in one byte, then the
 * address. A stack that has the network's name is left out, and so are {@code r} of a host that has
 * no part in the pool and {@code k} of one without encryption; {@code y} and {@code z} are node ids
 * one after another.
 */
public final class HostRecords {
  private static final String FORMAT = "f";
  private static final String NODE = "n";
  private static final String VERSION = "v";
  private static final String UNDERLAY = "u";
  private static final String PORT = "p";
  private static final String POOL = "r";
  private static final String TUNNEL = "k";
  private static final String OVERLAYS = "o";
  private static final String SUBNETS = "s";
  private static final String VNI = "i";
  private static final String ADDRESS = "a";
  private static final String LAMPORT = "l";
  private static final String PREFIX = "x";
  private static final String STACK = "t";
  private static final String GATEWAY = "g";
  private static final String CONTESTED = "c";
  private static final String BLOCKED = "b";
  private static final String ARRIVING = "y";
  private static final String MISSING = "z";
  private static final String POLICY = "w";

  private static final int FORMAT_1 = 1;

  private static final ObjectMapper CBOR =
      new ObjectMapper(
          CBORFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder()
                      .maxNestingDepth(16)
                      .maxStringLength(MemberRecord.MAX_PAYLOAD)
                      .maxNameLength(MemberRecord.MAX_PAYLOAD)
                      .maxNumberLength(64)
                      .build())
              .build());

  private HostRecords() {}

  /**
   * Writes a record.
   *
   * @throws IllegalArgumentException when it takes more than {@link MemberRecord#MAX_PAYLOAD} bytes
   */
  public static Bytes encode(HostRecord host) {
    Bytes payload = write(host);
    if (payload.length() > MemberRecord.MAX_PAYLOAD) {
      throw new IllegalArgumentException(
          "%d subnets make a record of %d bytes: at most %d"
              .formatted(host.subnets().size(), payload.length(), MemberRecord.MAX_PAYLOAD));
    }
    return payload;
  }

  /** Writes a record of any length. */
  static Bytes write(HostRecord host) {
    ObjectNode root = CBOR.createObjectNode();
    root.put(FORMAT, FORMAT_1);
    root.put(NODE, host.node());
    root.put(VERSION, host.version());
    root.put(UNDERLAY, host.underlay().getAddress());
    if (host.vxlanPort() != Defaults.VXLAN_PORT) {
      root.put(PORT, host.vxlanPort());
    }
    ArrayNode overlays = root.putArray(OVERLAYS);
    for (Overlay overlay : host.overlays()) {
      overlays
          .addObject()
          .put(VNI, overlay.vni().value())
          .put(ADDRESS, overlay.address().getAddress())
          .put(LAMPORT, overlay.lamport());
    }
    ArrayNode subnets = root.putArray(SUBNETS);
    for (Subnet subnet : host.subnets()) {
      put(subnets.addObject(), subnet);
    }
    if (!host.pool().equals(PoolShare.NONE)) {
      PoolShares.put(root.putObject(POOL), host.pool());
    }
    if (!host.tunnel().equals(TunnelShare.NONE)) {
      TunnelShares.put(root.putObject(TUNNEL), host.tunnel());
    }
    Integer blocked = host.blockedOverlays();
    if (blocked != null) {
      root.put(BLOCKED, Integer.toUnsignedLong(blocked));
    }
    put(root, ARRIVING, host.arrivals().arriving());
    put(root, MISSING, host.arrivals().missing());
    if (host.policy().length() > 0) {
      root.put(POLICY, host.policy().toArray());
    }
    try {
      return Bytes.of(CBOR.writeValueAsBytes(root));
    } catch (IOException e) {
      throw new IllegalStateException("a tree in memory could not be written", e);
    }
  }

  /**
   * Reads a record; every value is checked as untrusted input.
   *
   * @throws RecordException when it is too long, not CBOR, or holds a value that is not allowed
   */
  public static HostRecord decode(Bytes payload) throws RecordException {
    if (payload.length() > MemberRecord.MAX_PAYLOAD) {
      throw new RecordException(
          "a payload of %d bytes: at most %d".formatted(payload.length(), MemberRecord.MAX_PAYLOAD),
          null);
    }
    JsonNode root;
    try {
      root = CBOR.readTree(payload.toArray());
    } catch (IOException | RuntimeException e) {
      // Jackson throws unchecked exceptions for some malformed CBOR.
      throw new RecordException("the payload is not CBOR", e);
    }
    try {
      return read(root);
    } catch (IllegalArgumentException e) {
      throw new RecordException(String.valueOf(e.getMessage()), e);
    }
  }

  private static HostRecord read(@Nullable JsonNode root) {
    if (root == null || !root.isObject()) {
      throw new IllegalArgumentException("the payload is not a CBOR map");
    }
    long format = number(root, FORMAT, 1, Integer.MAX_VALUE);
    if (format != FORMAT_1) {
      throw new IllegalArgumentException("record format " + format + ": this meshd reads format 1");
    }
    List<Overlay> overlays = new ArrayList<>();
    for (JsonNode overlay : list(root, OVERLAYS, HostRecord.MAX_OVERLAYS)) {
      overlays.add(
          new Overlay(
              vni(overlay), address(overlay, ADDRESS), number(overlay, LAMPORT, 1, Lamport.MAX)));
    }
    List<Subnet> subnets = new ArrayList<>();
    for (JsonNode subnet : list(root, SUBNETS, HostRecord.MAX_SUBNETS)) {
      subnets.add(subnet(subnet));
    }
    int port = root.has(PORT) ? (int) number(root, PORT, 1, 65_535) : Defaults.VXLAN_PORT;
    return new HostRecord(
        text(root, NODE),
        text(root, VERSION),
        address(root, UNDERLAY),
        port,
        overlays,
        subnets,
        root.has(POOL) ? PoolShares.read(root.path(POOL)) : PoolShare.NONE,
        new ProbeArrivals(ids(root, ARRIVING), ids(root, MISSING)),
        root.has(TUNNEL) ? TunnelShares.read(root.path(TUNNEL)) : TunnelShare.NONE,
        root.has(BLOCKED) ? Integer.valueOf((int) number(root, BLOCKED, 0, 0xFFFFFFFFL)) : null,
        root.has(POLICY) ? Bytes.of(binary(root, POLICY)) : Bytes.EMPTY);
  }

  private static void put(ObjectNode root, String key, Set<NodeId> ids) {
    if (!ids.isEmpty()) {
      ByteBuffer octets = ByteBuffer.allocate(ids.size() * NodeId.BYTES);
      new TreeSet<>(ids).forEach(id -> octets.put(id.toBytes()));
      root.put(key, octets.array());
    }
  }

  private static Set<NodeId> ids(JsonNode root, String key) {
    Set<NodeId> ids = new TreeSet<>();
    byte[] octets = root.has(key) ? binary(root, key) : new byte[0];
    if (octets.length % NodeId.BYTES != 0 || octets.length > ProbeArrivals.MAX * NodeId.BYTES) {
      throw new IllegalArgumentException(
          "'%s' must be at most %d node ids".formatted(key, ProbeArrivals.MAX));
    }
    for (int at = 0; at < octets.length; at += NodeId.BYTES) {
      ids.add(NodeId.of(Arrays.copyOfRange(octets, at, at + NodeId.BYTES)));
    }
    return ids;
  }

  private static void put(ObjectNode node, Subnet subnet) {
    node.put(PREFIX, octets(subnet.prefix()))
        .put(VNI, subnet.vni().value())
        .put(NODE, subnet.network());
    if (!subnet.stack().equals(subnet.network())) {
      node.put(STACK, subnet.stack());
    }
    InetAddress gateway = subnet.gateway();
    if (gateway != null) {
      node.put(GATEWAY, gateway.getAddress());
    }
    node.put(LAMPORT, subnet.lamport());
    if (subnet.contested()) {
      node.put(CONTESTED, true);
    }
  }

  private static Subnet subnet(JsonNode node) {
    Prefix prefix = prefix(node, PREFIX);
    String network = text(node, NODE);
    String stack = node.has(STACK) ? text(node, STACK) : network;
    InetAddress gateway = node.has(GATEWAY) ? address(node, GATEWAY) : null;
    return new Subnet(
        prefix,
        vni(node),
        network,
        stack,
        gateway,
        number(node, LAMPORT, 1, Lamport.MAX),
        flag(node, CONTESTED));
  }

  static byte[] octets(Prefix prefix) {
    return prefix.octets();
  }

  static Prefix prefix(JsonNode node, String key) {
    return Prefix.of(binary(node, key));
  }

  static Iterable<JsonNode> list(JsonNode node, String key, int max) {
    JsonNode list = node.path(key);
    if (!list.isArray() || list.size() > max) {
      throw new IllegalArgumentException("'%s' must be a list of at most %d".formatted(key, max));
    }
    for (JsonNode item : list) {
      if (!item.isObject()) {
        throw new IllegalArgumentException("'" + key + "' must hold maps");
      }
    }
    return list;
  }

  private static Vni vni(JsonNode node) {
    return new Vni((int) number(node, VNI, 1, 0xFFFFFF));
  }

  static long number(JsonNode node, String key, long min, long max) {
    JsonNode value = node.path(key);
    if (!value.isIntegralNumber()
        || !value.canConvertToLong()
        || value.longValue() < min
        || value.longValue() > max) {
      throw new IllegalArgumentException(
          "'%s' must be a whole number from %d to %d".formatted(key, min, max));
    }
    return value.longValue();
  }

  private static boolean flag(JsonNode node, String key) {
    JsonNode value = node.path(key);
    if (!value.isMissingNode() && !value.isBoolean()) {
      throw new IllegalArgumentException("'" + key + "' must be true or false");
    }
    return value.booleanValue();
  }

  private static String text(JsonNode node, String key) {
    JsonNode value = node.path(key);
    if (!value.isTextual()) {
      throw new IllegalArgumentException("'" + key + "' must be a text");
    }
    return value.textValue();
  }

  private static InetAddress address(JsonNode node, String key) {
    return Addresses.of(binary(node, key));
  }

  static byte[] binary(JsonNode node, String key) {
    JsonNode value = node.path(key);
    if (!value.isBinary()) {
      throw new IllegalArgumentException("'" + key + "' must be a byte string");
    }
    try {
      return value.binaryValue();
    } catch (IOException e) {
      throw new IllegalArgumentException("'" + key + "' must be a byte string", e);
    }
  }
}
