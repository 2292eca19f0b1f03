package io.vrouter.mesh.record;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vrouter.membership.Bytes;
import io.vrouter.mesh.model.Encryption;
import java.util.ArrayList;
import java.util.List;

/** The CBOR form of {@link TunnelShare}: the map under {@code k} of a record. */
final class TunnelShares {
  private static final String MODE = "m";
  private static final String KEYS = "w";
  private static final String SLOT = "i";
  private static final String KEY = "x";
  private static final String PORT = "p";

  private TunnelShares() {}

  static void put(ObjectNode node, TunnelShare share) {
    node.put(MODE, share.encryption().toString());
    ArrayNode keys = node.putArray(KEYS);
    for (WireGuardKey key : share.keys()) {
      keys.addObject().put(SLOT, key.slot()).put(KEY, key.octets().toArray()).put(PORT, key.port());
    }
  }

  /** Reads a share; every value is checked as untrusted input. */
  static TunnelShare read(JsonNode node) {
    if (!node.isObject()) {
      throw new IllegalArgumentException("'k' must be a map");
    }
    Encryption mode = Encryption.parse(node.path(MODE).asText());
    List<WireGuardKey> keys = new ArrayList<>();
    for (JsonNode key : HostRecords.list(node, KEYS, WireGuardKey.SLOTS)) {
      keys.add(
          new WireGuardKey(
              (int) HostRecords.number(key, SLOT, 0, WireGuardKey.SLOTS - 1),
              Bytes.of(HostRecords.binary(key, KEY)),
              (int) HostRecords.number(key, PORT, 1, 65_535)));
    }
    return new TunnelShare(mode, keys);
  }
}
