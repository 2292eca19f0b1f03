package io.vrouter.mesh.docker;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.transport.DockerHttpClient;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * One connection to the Engine API: ping, list, events. Any thread may close it, which ends the
 * waits of other threads in it.
 */
final class DockerClient implements AutoCloseable {
  /** Time for one answer; the event stream has no limit. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final int MAX_ERROR_BYTES = 4096;

  /** Of the events of networks those that change the list; connect and disconnect don't. */
  private static final Set<String> CHANGES =
      Set.of("create", "destroy", "remove", "update", "prune");

  private static final Set<String> ATTACHES = Set.of("connect", "disconnect");

  private static final ObjectMapper JSON =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(64).build())
              .build());

  private final DockerHttpClient client;
  private final ApiVersion version;

  private DockerClient(DockerHttpClient client, ApiVersion version) {
    this.client = client;
    this.version = version;
  }

  /**
   * Pings the engine and negotiates the API version.
   *
   * @throws DockerException when no engine answers, or none with a known version
   */
  static DockerClient connect(Path socket) throws DockerException {
    DockerHttpClient client =
        new ZerodepDockerHttpClient.Builder()
            .dockerHost(URI.create("unix://" + socket.toUri().getRawPath()))
            .connectionTimeout(PATIENCE)
            .build();
    boolean kept = false;
    try {
      String offered = answer(client, "/_ping", response -> header(response, "Api-Version"));
      DockerClient engine = new DockerClient(client, ApiVersion.negotiate(offered));
      kept = true;
      return engine;
    } finally {
      if (!kept) {
        closeQuietly(client);
      }
    }
  }

  /** The negotiated API version. */
  ApiVersion version() {
    return version;
  }

  /** All networks. */
  List<EngineNetwork> networks() throws DockerException {
    return answer(
        client,
        "/v" + version + "/networks",
        response -> {
          List<EngineNetwork> networks = new ArrayList<>();
          JsonNode list = JSON.readTree(response.getBody());
          if (!list.isArray()) {
            throw new IOException("the answer is no list");
          }
          list.forEach(network -> networks.add(EngineNetwork.of(network)));
          return networks;
        });
  }

  /** The running containers. */
  List<EngineContainer> containers() throws DockerException {
    return answer(
        client,
        "/v" + version + "/containers/json",
        response -> {
          List<EngineContainer> containers = new ArrayList<>();
          JSON.readTree(response.getBody())
              .forEach(container -> containers.add(EngineContainer.of(container)));
          return containers;
        });
  }

  /** The configured default address pools; empty when the engine has only the built-in ones. */
  List<String> pools() throws DockerException {
    return answer(
        client,
        "/v" + version + "/info",
        response -> {
          List<String> pools = new ArrayList<>();
          for (JsonNode pool : JSON.readTree(response.getBody()).path("DefaultAddressPools")) {
            pools.add(pool.path("Base").asText("").replaceAll("[^\\x20-\\x7e]", "?"));
          }
          return pools;
        });
  }

  /**
   * Subscribes to network events. The engine sends the response head shortly before it subscribes,
   * so the request includes events since {@code since}, by this host's clock.
   */
  EventStream subscribe(Instant since) throws DockerException {
    String path =
        "/v%s/events?since=%d&filters=%s"
            .formatted(
                version,
                since.getEpochSecond(),
                URLEncoder.encode("{\"type\":[\"network\"]}", StandardCharsets.UTF_8));
    return inTime(client, path, () -> new EventStream(checked(client, path)));
  }

  /** The stream of events; ends with the engine. */
  static final class EventStream implements AutoCloseable {
    private final DockerHttpClient.Response response;

    private EventStream(DockerHttpClient.Response response) {
      this.response = response;
    }

    /**
     * Calls {@code changed} for each event that changes the list, {@code attached} for each connect
     * or disconnect of a container, until the stream ends.
     */
    void follow(Runnable changed, Runnable attached) throws DockerException {
      try (MappingIterator<JsonNode> events =
          JSON.readerFor(JsonNode.class).readValues(response.getBody())) {
        while (events.hasNextValue()) {
          String action = events.nextValue().path("Action").asText("");
          if (CHANGES.contains(action)) {
            changed.run();
          } else if (ATTACHES.contains(action)) {
            attached.run();
          }
        }
      } catch (IOException | RuntimeException e) {
        throw failed("events", e);
      }
    }

    @Override
    public void close() {
      response.close();
    }
  }

  @Override
  public void close() {
    closeQuietly(client);
  }

  private interface ResponseReader<T> {
    T read(DockerHttpClient.Response response) throws IOException;
  }

  private interface Call<T> {
    T run() throws IOException;
  }

  private static <T> T answer(DockerHttpClient client, String path, ResponseReader<T> reader)
      throws DockerException {
    return inTime(
        client,
        path,
        () -> {
          try (DockerHttpClient.Response response = checked(client, path)) {
            return reader.read(response);
          }
        });
  }

  // UNIX sockets have no read timeout here: closing the client ends an attempt that takes too long.
  private static <T> T inTime(DockerHttpClient client, String path, Call<T> attempt)
      throws DockerException {
    CompletableFuture<Void> done = new CompletableFuture<>();
    CompletableFuture<Void> unused =
        done.orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete(
                (none, late) -> {
                  if (late != null) {
                    closeQuietly(client);
                  }
                });
    try {
      return attempt.run();
    } catch (IOException | RuntimeException e) {
      if (done.isCompletedExceptionally()) {
        throw new DockerException("no answer within " + PATIENCE.toSeconds() + " s", e);
      }
      throw failed(path, e);
    } finally {
      done.complete(null);
    }
  }

  private static DockerHttpClient.Response checked(DockerHttpClient client, String path)
      throws IOException {
    DockerHttpClient.Response response =
        client.execute(
            DockerHttpClient.Request.builder()
                .method(DockerHttpClient.Request.Method.GET)
                .path(path)
                .build());
    int status = response.getStatusCode();
    if (status != 200) {
      try (response) {
        throw new IOException("HTTP " + status + " " + said(response));
      }
    }
    return response;
  }

  private static String said(DockerHttpClient.Response response) throws IOException {
    String body =
        new String(response.getBody().readNBytes(MAX_ERROR_BYTES), StandardCharsets.UTF_8);
    String text = body;
    try {
      text = JSON.readTree(body).path("message").asText(body);
    } catch (JsonProcessingException e) {
      // Then the message contains the raw body.
    }
    return text.strip().replaceAll("[^\\x20-\\x7e]", "?");
  }

  private static String header(DockerHttpClient.Response response, String name) {
    for (var header : response.getHeaders().entrySet()) {
      if (header.getKey().toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT))
          && !header.getValue().isEmpty()) {
        return header.getValue().get(0);
      }
    }
    return "";
  }

  // The client wraps socket errors in unchecked exceptions: the root cause has the message.
  private static DockerException failed(String path, Exception e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    int query = path.indexOf('?');
    return new DockerException(
        "GET %s: %s"
            .formatted(
                query < 0 ? path : path.substring(0, query),
                cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage()),
        e);
  }

  private static void closeQuietly(DockerHttpClient client) {
    try {
      client.close();
    } catch (IOException e) {
      // A connection that can't be closed in order is closed all the same.
    }
  }
}
