package io.vrouter.mesh.pool;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.record.PoolRange;
import io.vrouter.mesh.record.PoolSeal;
import io.vrouter.mesh.record.PoolShare;
import io.vrouter.mesh.record.PoolVote;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The text of a {@link PoolState} in the state directory: JSON with a format number. */
public final class PoolStates {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  private static final int FORMAT = 1;

  private PoolStates() {}

  /** Writes a state. */
  public static String encode(PoolState state) {
    ObjectNode root = JSON.createObjectNode();
    root.put("format", FORMAT).put("lamport", state.share().lamport());
    ArrayNode ranges = root.putArray("ranges");
    for (PoolRange range : state.ranges()) {
      ArrayNode seals =
          ranges
              .addObject()
              .put("prefix", range.prefix().toString())
              .put("lamport", range.lamport())
              .put("acknowledged", range.acknowledged())
              .putArray("seals");
      for (PoolSeal seal : range.seals()) {
        seals
            .addObject()
            .put("elector", seal.elector().toString())
            .put("signature", HexFormat.of().formatHex(seal.signature().toArray()));
      }
    }
    ObjectNode named = root.putObject("named");
    state.named().forEach((name, prefix) -> named.put(name, prefix.toString()));
    put(root.putArray("votes"), state.share().votes());
    put(root.putArray("kept"), state.kept());
    return root.toPrettyString() + "\n";
  }

  private static void put(ArrayNode array, List<PoolVote> votes) {
    for (PoolVote vote : votes) {
      array
          .addObject()
          .put("range", vote.range().toString())
          .put("candidate", vote.candidate().toString())
          .put("lamport", vote.lamport());
    }
  }

  /**
   * Reads a state.
   *
   * @throws PoolException when the text isn't in the format of {@link #encode}: the caller sets the
   *     file aside
   */
  public static PoolState decode(String text) throws PoolException {
    try {
      JsonNode root = JSON.readTree(text);
      if (root.path("format").asInt(0) != FORMAT) {
        throw new PoolException(
            "holds format '%s': this meshd reads %d"
                .formatted(root.path("format").asText("none"), FORMAT));
      }
      List<PoolRange> ranges = new ArrayList<>();
      for (JsonNode range : root.path("ranges")) {
        ranges.add(
            new PoolRange(
                Prefix.parse(range.path("prefix").asText("")),
                range.path("lamport").asLong(0),
                range.path("acknowledged").asBoolean(false),
                seals(range.path("seals"))));
      }
      Map<String, Prefix> named = new TreeMap<>();
      for (Map.Entry<String, JsonNode> entry : root.path("named").properties()) {
        named.put(entry.getKey(), Prefix.parse(entry.getValue().asText("")));
      }
      return new PoolState(
          new PoolShare(ranges, votes(root.path("votes")), root.path("lamport").asLong(-1)),
          named,
          votes(root.path("kept")));
    } catch (JsonProcessingException e) {
      throw new PoolException("is not JSON: " + e.getOriginalMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new PoolException("holds " + e.getMessage(), e);
    }
  }

  private static List<PoolSeal> seals(JsonNode array) {
    List<PoolSeal> seals = new ArrayList<>();
    for (JsonNode seal : array) {
      seals.add(
          new PoolSeal(
              NodeId.parse(seal.path("elector").asText("")),
              Bytes.of(HexFormat.of().parseHex(seal.path("signature").asText("")))));
    }
    return seals;
  }

  private static List<PoolVote> votes(JsonNode array) {
    List<PoolVote> votes = new ArrayList<>();
    for (JsonNode vote : array) {
      votes.add(
          new PoolVote(
              Prefix.parse(vote.path("range").asText("")),
              NodeId.parse(vote.path("candidate").asText("")),
              vote.path("lamport").asLong(0)));
    }
    return votes;
  }
}
