package io.vrouter.mesh.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A flat YAML mapping of keys to scalars or lists of scalars, with the line of each key. */
final class YamlFile {
  private final String name;
  private final Map<String, Given> entries = new LinkedHashMap<>();
  private final List<String> problems = new ArrayList<>();

  private YamlFile(String name) {
    this.name = name;
  }

  /** Reads the text; faults are in {@link #problems}. */
  static YamlFile parse(String name, String text) {
    YamlFile file = new YamlFile(name);
    try (JsonParser parser = new YAMLFactory().createParser(text)) {
      file.read(parser);
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
      file.problems.add(name + ":" + line + ": not YAML: " + firstLine(e.getOriginalMessage()));
    } catch (IOException e) {
      file.problems.add(name + ": can't be read: " + e.getMessage());
    }
    return file;
  }

  Map<String, Given> entries() {
    return entries;
  }

  List<String> problems() {
    return problems;
  }

  private void read(JsonParser parser) throws IOException {
    JsonToken first = parser.nextToken();
    if (first == null || first == JsonToken.VALUE_NULL) {
      return;
    }
    if (first != JsonToken.START_OBJECT) {
      problems.add(name + ":1: must be a mapping, one 'key: value' a line");
      return;
    }
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      String origin = name + ":" + parser.currentTokenLocation().getLineNr();
      List<String> values = values(parser, key, origin);
      if (known(key, origin) && entries.put(key, new Given(values, origin)) != null) {
        problems.add(origin + ": '" + key + "' is there twice");
      }
    }
  }

  private List<String> values(JsonParser parser, String key, String origin) throws IOException {
    JsonToken token = parser.nextToken();
    List<String> values = new ArrayList<>();
    if (token == JsonToken.START_ARRAY) {
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        if (parser.currentToken().isStructStart()) {
          nested(parser, key, origin);
        } else {
          values.add(parser.getText());
        }
      }
    } else if (token == JsonToken.START_OBJECT) {
      nested(parser, key, origin);
    } else if (token != JsonToken.VALUE_NULL) {
      values.add(parser.getText());
    }
    return values;
  }

  private void nested(JsonParser parser, String key, String origin) throws IOException {
    problems.add(origin + ": '" + key + "' takes a value or a list of values, not a mapping");
    parser.skipChildren();
  }

  private boolean known(String key, String origin) {
    if (key.equals("token")) {
      problems.add(
          origin
              + ": 'token' is not a key: put the token into a file of its own, named by token-file");
      return false;
    }
    if (Settings.find(key).isPresent() && !key.equals(Settings.CONFIG.key())) {
      return true;
    }
    List<String> keys =
        Settings.ALL.stream()
            .map(Setting::key)
            .filter(known -> !known.equals(Settings.CONFIG.key()))
            .toList();
    problems.add(
        origin
            + ": '"
            + key
            + "' is not a key"
            + Nearest.to(key, keys)
                .map(near -> "; did you mean '" + near + "'?")
                .orElse(": known are " + String.join(", ", keys)));
    return false;
  }

  private static String firstLine(String text) {
    int end = text.indexOf('\n');
    return end < 0 ? text : text.substring(0, end);
  }
}
