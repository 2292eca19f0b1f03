package io.vrouter.mesh.agent;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Limits the tokens of a message: the shortest take far more of the heap than of the wire. */
final class CountingParser extends JsonParserDelegate {
  private int left;

  CountingParser(JsonParser parser, int tokens) {
    super(parser);
    left = tokens;
  }

  @Override
  public @Nullable JsonToken nextToken() throws IOException {
    if (--left < 0) {
      throw new StreamConstraintsException("a message with too many values");
    }
    return super.nextToken();
  }

  @Override
  public @Nullable JsonToken nextValue() throws IOException {
    JsonToken token = nextToken();
    return token == JsonToken.FIELD_NAME ? nextToken() : token;
  }

  // The delegate's own shortcuts would pass the count by.
  @Override
  public @Nullable String nextFieldName() throws IOException {
    return nextToken() == JsonToken.FIELD_NAME ? currentName() : null;
  }

  @Override
  public boolean nextFieldName(SerializableString name) throws IOException {
    return nextToken() == JsonToken.FIELD_NAME && name.getValue().equals(currentName());
  }

  @Override
  public @Nullable String nextTextValue() throws IOException {
    return nextToken() == JsonToken.VALUE_STRING ? getText() : null;
  }
}
