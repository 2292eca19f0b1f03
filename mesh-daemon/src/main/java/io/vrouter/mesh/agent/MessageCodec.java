package io.vrouter.mesh.agent;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.KeyDeserializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import io.vrouter.membership.Addresses;
import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.model.Remedy;
import io.vrouter.mesh.model.Vni;
import io.vrouter.netlink.generic.WgKey;
import io.vrouter.netlink.route.MacAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Messages as CBOR (RFC 8949). Unknown fields are ignored, missing ones refused; nothing in a
 * message names a class. The size of a message bounds the heap that decoding takes.
 */
final class MessageCodec {
  /** Octets of the longest message: 4,096 peers with 16,384 routes take 3.3 MiB. */
  static final int LIMIT = 4 << 20;

  /** Tokens of a message: an empty list costs an octet on the wire and 16 on the heap. */
  private static final int TOKENS = 1_000_000;

  private static final int DEPTH = 16;

  private static final ObjectMapper CBOR = mapper();
  private static final ObjectReader REQUEST = CBOR.readerFor(AgentRequest.class);
  private static final ObjectReader REPLY = CBOR.readerFor(AgentReply.class);

  private MessageCodec() {}

  /** The octets of a message. */
  static byte[] encode(Object message) {
    try {
      return CBOR.writeValueAsBytes(message);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not a message: " + e.getOriginalMessage(), e);
    }
  }

  /**
   * A node's message.
   *
   * @throws IOException when it isn't one
   */
  static AgentRequest request(byte[] octets) throws IOException {
    return Complete.checked(decode(REQUEST, octets, AgentRequest.class));
  }

  /**
   * An agent's message.
   *
   * @throws IOException when it isn't one
   */
  static AgentReply reply(byte[] octets) throws IOException {
    return Complete.checked(decode(REPLY, octets, AgentReply.class));
  }

  private static <T> T decode(ObjectReader reader, byte[] octets, Class<T> type)
      throws IOException {
    try (JsonParser parser = new CountingParser(reader.createParser(octets), TOKENS)) {
      Object value = reader.readValue(parser);
      if (value == null) {
        throw new IOException("a message without content");
      }
      return type.cast(value);
    } catch (IllegalArgumentException | NullPointerException e) {
      throw new IOException("not a message: " + e.getMessage(), e);
    }
  }

  private static ObjectMapper mapper() {
    StreamReadConstraints limits =
        StreamReadConstraints.builder()
            .maxNestingDepth(DEPTH)
            .maxStringLength(64 << 10)
            .maxNameLength(256)
            .maxNumberLength(64)
            .maxDocumentLength(LIMIT)
            .build();
    SimpleModule module =
        new SimpleModule("agent")
            .addSerializer(binary(InetAddress.class, InetAddress::getAddress))
            .addDeserializer(InetAddress.class, binary(InetAddress.class, Addresses::of, 16))
            .addSerializer(binary(Prefix.class, MessageCodec::octets))
            .addDeserializer(Prefix.class, binary(Prefix.class, MessageCodec::prefix, 17))
            .addSerializer(binary(MacAddress.class, MacAddress::toArray))
            .addDeserializer(MacAddress.class, binary(MacAddress.class, MacAddress::of, 6))
            .addSerializer(binary(NodeId.class, NodeId::toBytes))
            .addDeserializer(NodeId.class, binary(NodeId.class, NodeId::of, 16))
            .addSerializer(
                binary(
                    Vni.class,
                    vni ->
                        new byte[] {
                          (byte) (vni.value() >> 16), (byte) (vni.value() >> 8), (byte) vni.value()
                        }))
            .addDeserializer(Vni.class, binary(Vni.class, MessageCodec::vni, 3))
            .addSerializer(binary(WgKey.class, key -> key.octets().toArray()))
            .addDeserializer(WgKey.class, binary(WgKey.class, WgKey::of, 32))
            .addSerializer(binary(Bytes.class, Bytes::toArray))
            .addDeserializer(Bytes.class, binary(Bytes.class, Bytes::of, 32))
            .addSerializer(binary(InetSocketAddress.class, MessageCodec::octets))
            .addDeserializer(
                InetSocketAddress.class,
                binary(InetSocketAddress.class, MessageCodec::socketAddress, 18))
            .addSerializer(new ProblemWriter())
            .addDeserializer(Problem.class, new ProblemReader())
            .addKeySerializer(Prefix.class, new PrefixKeyWriter())
            .addKeyDeserializer(Prefix.class, new PrefixKeyReader());
    return CBORMapper.builder(CBORFactory.builder().streamReadConstraints(limits).build())
        .addModule(module)
        .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
        .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .build();
  }

  private static byte[] octets(InetSocketAddress address) {
    byte[] host = address.getAddress().getAddress();
    return ByteBuffer.allocate(host.length + 2)
        .put(host)
        .putShort((short) address.getPort())
        .array();
  }

  private static InetSocketAddress socketAddress(byte[] octets) {
    int last = octets.length - 2;
    if (last < 4) {
      throw new IllegalArgumentException("an address with port of " + octets.length + " octets");
    }
    int port = Short.toUnsignedInt(ByteBuffer.wrap(octets).getShort(last));
    return new InetSocketAddress(Addresses.of(Arrays.copyOf(octets, last)), port);
  }

  private static byte[] octets(Prefix prefix) {
    byte[] address = prefix.address().getAddress();
    byte[] octets = Arrays.copyOf(address, address.length + 1);
    octets[address.length] = (byte) prefix.length();
    return octets;
  }

  private static Prefix prefix(byte[] octets) {
    int last = octets.length - 1;
    if (last < 4) {
      throw new IllegalArgumentException("a prefix of " + octets.length + " octets");
    }
    return new Prefix(Addresses.of(Arrays.copyOf(octets, last)), Byte.toUnsignedInt(octets[last]));
  }

  private static Vni vni(byte[] octets) {
    if (octets.length != 3) {
      throw new IllegalArgumentException("a VNI of " + octets.length + " octets");
    }
    return new Vni((octets[0] & 0xff) << 16 | (octets[1] & 0xff) << 8 | (octets[2] & 0xff));
  }

  private static <T> StdSerializer<T> binary(Class<T> type, Function<T, byte[]> octets) {
    return new StdSerializer<>(type) {
      @Override
      public void serialize(T value, JsonGenerator out, SerializerProvider provider)
          throws IOException {
        out.writeBinary(octets.apply(value));
      }
    };
  }

  private static <T> StdDeserializer<T> binary(
      Class<T> type, Function<byte[], T> value, int longest) {
    return new StdDeserializer<>(type) {
      @Override
      public T deserialize(JsonParser in, DeserializationContext context) throws IOException {
        byte[] octets = in.getBinaryValue();
        try {
          if (octets.length > longest) {
            throw new IllegalArgumentException(octets.length + " octets");
          }
          return value.apply(octets);
        } catch (IllegalArgumentException e) {
          throw context.weirdStringException("", type, String.valueOf(e.getMessage()));
        }
      }
    };
  }

  /** A problem without the time of its first sight, which each process notes by itself. */
  record Told(
      String code,
      Problem.Severity severity,
      String message,
      String fix,
      @Nullable List<Remedy> remedies) {}

  private static final class ProblemWriter extends StdSerializer<Problem> {
    ProblemWriter() {
      super(Problem.class);
    }

    @Override
    public void serialize(Problem problem, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      provider.defaultSerializeValue(
          new Told(
              problem.code(),
              problem.severity(),
              problem.message(),
              problem.fix(),
              problem.remedies()),
          out);
    }
  }

  private static final class ProblemReader extends StdDeserializer<Problem> {
    ProblemReader() {
      super(Problem.class);
    }

    @Override
    public Problem deserialize(JsonParser in, DeserializationContext context) throws IOException {
      Told told = Complete.checked(context.readValue(in, Told.class));
      return new Problem(
          told.code,
          told.severity,
          told.message,
          told.fix,
          null,
          told.remedies == null ? List.of() : told.remedies);
    }
  }

  private static final class PrefixKeyWriter extends StdSerializer<Prefix> {
    PrefixKeyWriter() {
      super(Prefix.class);
    }

    @Override
    public void serialize(Prefix prefix, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeFieldName(prefix.toString());
    }
  }

  private static final class PrefixKeyReader extends KeyDeserializer {
    @Override
    public Object deserializeKey(String key, DeserializationContext context) throws IOException {
      try {
        return Prefix.parse(key);
      } catch (IllegalArgumentException e) {
        throw context.weirdKeyException(Prefix.class, key, String.valueOf(e.getMessage()));
      }
    }
  }
}
