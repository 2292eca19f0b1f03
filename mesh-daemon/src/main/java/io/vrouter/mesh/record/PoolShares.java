package io.vrouter.mesh.record;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeId;
import java.util.ArrayList;
import java.util.List;

/** The format of a {@link PoolShare} in a record; empty lists are left out. */
final class PoolShares {
  private static final String RANGES = "r";
  private static final String VOTES = "v";
  private static final String PREFIX = "x";
  private static final String LAMPORT = "l";
  private static final String ACKNOWLEDGED = "a";
  private static final String CANDIDATE = "c";
  private static final String ELECTOR = "e";
  private static final String SEALS = "s";
  private static final String SIGNATURE = "s";

  private PoolShares() {}

  static void put(ObjectNode node, PoolShare share) {
    node.put(LAMPORT, share.lamport());
    if (!share.ranges().isEmpty()) {
      ArrayNode ranges = node.putArray(RANGES);
      for (PoolRange range : share.ranges()) {
        ObjectNode claim =
            ranges
                .addObject()
                .put(PREFIX, HostRecords.octets(range.prefix()))
                .put(LAMPORT, range.lamport())
                .put(ACKNOWLEDGED, range.acknowledged() ? 1 : 0);
        if (!range.seals().isEmpty()) {
          ArrayNode seals = claim.putArray(SEALS);
          for (PoolSeal seal : range.seals()) {
            seals
                .addObject()
                .put(ELECTOR, seal.elector().toBytes())
                .put(SIGNATURE, seal.signature().toArray());
          }
        }
      }
    }
    if (!share.votes().isEmpty()) {
      ArrayNode votes = node.putArray(VOTES);
      for (PoolVote vote : share.votes()) {
        ObjectNode cast =
            votes
                .addObject()
                .put(PREFIX, HostRecords.octets(vote.range()))
                .put(LAMPORT, vote.lamport())
                .put(CANDIDATE, vote.candidate().toBytes());
        if (vote.signature().length() > 0) {
          cast.put(SIGNATURE, vote.signature().toArray());
        }
      }
    }
  }

  static PoolShare read(JsonNode node) {
    List<PoolRange> ranges = new ArrayList<>();
    if (node.has(RANGES)) {
      for (JsonNode range : HostRecords.list(node, RANGES, PoolShare.MAX_RANGES)) {
        ranges.add(
            new PoolRange(
                HostRecords.prefix(range, PREFIX),
                HostRecords.number(range, LAMPORT, 1, Lamport.MAX),
                HostRecords.number(range, ACKNOWLEDGED, 0, 1) == 1,
                seals(range)));
      }
    }
    List<PoolVote> votes = new ArrayList<>();
    if (node.has(VOTES)) {
      for (JsonNode vote : HostRecords.list(node, VOTES, PoolShare.MAX_VOTES)) {
        votes.add(
            new PoolVote(
                HostRecords.prefix(vote, PREFIX),
                NodeId.of(HostRecords.binary(vote, CANDIDATE)),
                HostRecords.number(vote, LAMPORT, 1, Lamport.MAX),
                vote.has(SIGNATURE) ? signature(vote) : Bytes.EMPTY));
      }
    }
    return new PoolShare(ranges, votes, HostRecords.number(node, LAMPORT, 0, Lamport.MAX));
  }

  private static List<PoolSeal> seals(JsonNode range) {
    List<PoolSeal> seals = new ArrayList<>();
    if (range.has(SEALS)) {
      for (JsonNode seal : HostRecords.list(range, SEALS, PoolRange.MAX_SEALS)) {
        seals.add(new PoolSeal(NodeId.of(HostRecords.binary(seal, ELECTOR)), signature(seal)));
      }
    }
    return seals;
  }

  private static Bytes signature(JsonNode node) {
    return Bytes.of(HostRecords.binary(node, SIGNATURE));
  }
}
