package io.vrouter.mesh.control;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import io.vrouter.mesh.model.Check;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.model.Remedy;
import java.time.Instant;
import java.util.List;

/** The answers as JSON and YAML. Thread-safe. */
public final class Json {
  private static final ObjectMapper JSON =
      configured(
          new ObjectMapper(
              JsonFactory.builder()
                  .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(8).build())
                  .build()));

  private Json() {}

  /** On one line: for event streams and HTTP. */
  public static String line(Object answer) {
    return write(JSON, answer);
  }

  /** Indented by two spaces: for {@code -o json}. */
  public static String pretty(Object answer) {
    DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
    DefaultPrettyPrinter printer = new DefaultPrettyPrinter().withArrayIndenter(indenter);
    printer.indentObjectsWith(indenter);
    try {
      return JSON.writer(printer).writeValueAsString(answer);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an answer can't be written as JSON", e);
    }
  }

  /** The same content as YAML, without a document marker. */
  public static String yaml(Object answer) {
    return write(Yaml.MAPPER, answer);
  }

  static ObjectMapper mapper() {
    return JSON;
  }

  private static String write(ObjectMapper mapper, Object answer) {
    try {
      return mapper.writeValueAsString(answer);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an answer can't be written", e);
    }
  }

  private static ObjectMapper configured(ObjectMapper mapper) {
    SimpleModule texts = new SimpleModule();
    texts.addSerializer(Instant.class, ToStringSerializer.instance);
    texts.addSerializer(Check.Result.class, ToStringSerializer.instance);
    texts.addSerializer(Problem.Severity.class, ToStringSerializer.instance);
    mapper.registerModule(texts);
    mapper.addMixIn(Problem.class, Remediable.class);
    mapper.addMixIn(Check.class, Remediable.class);
    mapper.configure(JsonGenerator.Feature.AUTO_CLOSE_TARGET, false);
    return mapper;
  }

  /** An answer whose commands are listed when there are any. */
  interface Remediable {
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    List<Remedy> remedies();
  }

  /** Loaded at the first use: most daemons never write YAML. */
  private static final class Yaml {
    static final ObjectMapper MAPPER =
        configured(
            new ObjectMapper(
                YAMLFactory.builder()
                    .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                    .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                    .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
                    .build()));
  }
}
