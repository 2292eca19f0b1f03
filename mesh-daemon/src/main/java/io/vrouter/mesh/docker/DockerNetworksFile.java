package io.vrouter.mesh.docker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.vrouter.membership.StateFile;
import io.vrouter.mesh.model.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The engine's last list of networks, in the state directory: a daemon that starts while the engine
 * is down would else withdraw networks whose containers still run. The file contains the engine's
 * answer and not the selection from it, so that other settings apply at the next start. On the
 * watch's thread only.
 */
final class DockerNetworksFile {
  static final String NAME = "docker-networks.json";
  private static final int LIMIT = 8 << 20;
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

  private final StateFile file;
  private final String socket;
  private @Nullable String written;
  private Optional<Problem> unreadable = Optional.empty();
  private Optional<Problem> unwritable = Optional.empty();

  /** The file of the engine at this socket; a file written for another socket counts as empty. */
  DockerNetworksFile(Path stateDir, Path socket) {
    this.file = new StateFile(stateDir.resolve(NAME));
    this.socket = socket.toString();
  }

  /** The form on disk. */
  private record SavedNetworks(String socket, List<EngineNetwork> networks) {
    SavedNetworks {
      networks = List.copyOf(networks);
    }
  }

  /** Present problems: a file set aside stays one; a failed write is one until a write succeeds. */
  List<Problem> problems() {
    return Stream.of(unreadable, unwritable).flatMap(Optional::stream).toList();
  }

  /** The list written last; empty when there is no readable file. */
  List<EngineNetwork> load() {
    if (!file.exists()) {
      return List.of();
    }
    try {
      byte[] bytes = file.read(LIMIT);
      SavedNetworks form = JSON.readValue(bytes, SavedNetworks.class);
      if (form == null) {
        throw new IllegalArgumentException("it is null");
      }
      written = new String(bytes, StandardCharsets.UTF_8);
      return form.socket.equals(socket) ? form.networks : List.of();
    } catch (JsonProcessingException | IllegalArgumentException e) {
      unreadable = Optional.of(aside("holds no networks: " + StateFile.firstLine(e)));
    } catch (IOException e) {
      unreadable = Optional.of(aside("can't be read: " + StateFile.firstLine(e)));
    }
    return List.of();
  }

  /** Writes the engine's present list when it differs; returns after fsync. */
  void keep(List<EngineNetwork> networks) {
    try {
      List<EngineNetwork> ordered =
          networks.stream().sorted(Comparator.comparing(EngineNetwork::id)).toList();
      String text = JSON.writeValueAsString(new SavedNetworks(socket, ordered)) + "\n";
      if (!text.equals(written)) {
        file.write(text.getBytes(StandardCharsets.UTF_8));
        written = text;
      }
      unwritable = Optional.empty();
    } catch (IOException e) {
      unwritable =
          Optional.of(
              new Problem(
                  "docker-unkept",
                  "the Docker engine's networks can't be kept in %s: %s"
                      .formatted(file.path(), StateFile.firstLine(e)),
                  "make the state directory writable for meshd and see that its disk has room:"
                      + " else a start without the engine withdraws them"));
    }
  }

  private Problem aside(String what) {
    return new Problem(
        "state-corrupt",
        "%s %s; %s".formatted(file.path(), what, file.setAsideIfPossible()),
        "nothing must be done: the engine is asked anew. Look at the disk if it comes again");
  }
}
