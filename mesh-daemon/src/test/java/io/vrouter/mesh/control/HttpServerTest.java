package io.vrouter.mesh.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vrouter.membership.Addresses;
import io.vrouter.mesh.model.Problem;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpServerTest {
  private final MemoryMesh mesh = new MemoryMesh();
  private final HttpClient client = HttpClient.newHttpClient();
  private HttpServer server;

  @BeforeEach
  void open() throws ControlException {
    server = HttpServer.open(loopback(0), mesh, () -> "mesh_healthy 1\n");
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void apiIsTheContractsJson() throws Exception {
    assertThat(get("/api/v1/members").body().strip()).isEqualTo(Json.line(mesh.members(false)));
    assertThat(get("/api/v1/routes").body().strip()).isEqualTo(Json.line(mesh.routes()));
    assertThat(get("/api/v1/status").body().strip()).isEqualTo(Json.line(mesh.status()));
    assertThat(get("/api/v1/networks").body().strip()).isEqualTo(Json.line(mesh.networks()));
    assertThat(get("/api/v1/conflicts").body().strip()).isEqualTo(Json.line(mesh.conflicts()));
    assertThat(get("/api/v1/events").body().strip()).isEqualTo(Json.line(mesh.events()));
    assertThat(get("/api/v1/members").headers().firstValue("Content-Type"))
        .contains("application/json");
    assertThat(get("/api/v1/members").headers().firstValue("Server")).isEmpty();
  }

  @Test
  void readyWhenConverged() throws Exception {
    assertThat(get("/livez").statusCode()).isEqualTo(200);
    assertThat(get("/readyz").statusCode()).isEqualTo(200);
    mesh.converged = false;
    HttpResponse<String> reply = get("/readyz");
    assertThat(reply.statusCode()).isEqualTo(503);
    assertThat(reply.body()).startsWith("{\"ok\":false,\"reason\":\"not converged");
    assertThat(get("/livez").statusCode()).isEqualTo(200);
  }

  @Test
  void metrics() throws Exception {
    assertThat(get("/metrics").body()).isEqualTo("mesh_healthy 1\n");
  }

  @Test
  void thePageHasTheVerdictInItsMarkupAndNothingOfOthers() throws Exception {
    mesh.peerName = "<script>alert('x')</script>";
    mesh.problems = List.of(new Problem("a&b", "<b>broken</b>", "\"fix\""));
    HttpResponse<String> page = get("/");
    assertThat(page.body())
        .contains("<h1 id=\"verdict\" class=\"bad\">Unhealthy</h1>", "2 alive, 1 errors")
        .contains("\\u003cscript>alert('x')\\u003c/script>")
        .doesNotContain("<script>alert", "<b>broken")
        .doesNotContain("@VERDICT@", "@STYLE@", "@SCRIPT@", "@STATE@");
    assertThat(page.headers().firstValue("Content-Security-Policy"))
        .hasValueSatisfying(
            policy ->
                assertThat(policy)
                    .startsWith("default-src 'none'; style-src 'sha256-")
                    .contains("script-src 'sha256-")
                    .doesNotContain("unsafe"));
    mesh.problems = List.of(Problem.note("wrong-token", "a stranger", "none"));
    assertThat(get("/").body()).contains("class=\"good\">Healthy</h1>", "2 alive, 0 errors");
    assertThat(get("/readyz").body()).contains("0 problems");
  }

  @Test
  void theStreamShowsTheWholeStateAndThenEachChange() throws Exception {
    HttpResponse<InputStream> stream = live();
    assertThat(stream.headers().firstValue("Content-Type")).contains("text/event-stream");
    try (BufferedReader lines = lines(stream)) {
      assertThat(lines.readLine()).isEqualTo("retry: 200");
      assertThat(state(lines))
          .isEqualTo("data: " + Json.line(LiveStream.Snapshot.of(mesh)))
          .contains("\"status\":{", "\"members\":{", "\"routes\":{", "\"events\":{");
      mesh.peerStatus = MemberStatus.SUSPECT;
      assertThat(state(lines)).contains("\"status\":\"suspect\"");
    }
  }

  @Test
  void streamsAreBoundedAndAnEndedOneMakesRoom() throws Exception {
    List<HttpResponse<InputStream>> streams = new ArrayList<>();
    for (int i = 0; i < LiveStream.MOST; i++) {
      streams.add(live());
      assertThat(streams.get(i).statusCode()).isEqualTo(200);
    }
    assertThat(get("/api/v1/live").statusCode()).isEqualTo(503);
    assertThat(get("/api/v1/live").body()).contains("16 live streams are taken");
    assertThat(get("/livez").statusCode()).isEqualTo(200);
    for (HttpResponse<InputStream> stream : streams) {
      stream.body().close();
    }
    await()
        .until(
            () -> {
              // a closed stream is noticed by the next write
              mesh.converged = !mesh.converged;
              HttpResponse<InputStream> again = live();
              again.body().close();
              return again.statusCode() == 200;
            });
  }

  private HttpResponse<InputStream> live() throws Exception {
    return client.send(
        HttpRequest.newBuilder(uri("/api/v1/live")).build(),
        HttpResponse.BodyHandlers.ofInputStream());
  }

  private static BufferedReader lines(HttpResponse<InputStream> stream) {
    return new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8));
  }

  private static String state(BufferedReader lines) throws IOException {
    String line;
    do {
      line = Objects.requireNonNull(lines.readLine());
    } while (!line.startsWith("data: "));
    return line;
  }

  @Test
  void nothingCanBeWritten() throws Exception {
    HttpRequest post =
        HttpRequest.newBuilder(uri("/api/v1/members"))
            .POST(HttpRequest.BodyPublishers.ofString("{}"))
            .build();
    HttpResponse<String> reply = client.send(post, HttpResponse.BodyHandlers.ofString());
    assertThat(reply.statusCode()).isEqualTo(405);
    assertThat(reply.headers().firstValue("Allow")).contains("GET, HEAD");
    assertThat(get("/nothing").statusCode()).isEqualTo(404);
    assertThat(mesh.calls).isEmpty();
  }

  @Test
  void headHasNoBody() throws Exception {
    HttpRequest head =
        HttpRequest.newBuilder(uri("/livez"))
            .method("HEAD", HttpRequest.BodyPublishers.noBody())
            .build();
    HttpResponse<String> reply = client.send(head, HttpResponse.BodyHandlers.ofString());
    assertThat(reply.statusCode()).isEqualTo(200);
    assertThat(reply.body()).isEmpty();
  }

  @Test
  void aForeignHostNameOnLoopbackIsRefused() throws Exception {
    assertThat(
            raw("GET /api/v1/members HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 421");
    assertThat(raw("GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 200");
    assertThat(raw("nonsense\r\n\r\n")).startsWith("HTTP/1.1 400");
  }

  @Test
  void aForeignHostNameIsRefusedOnOtherAddressesToo() throws Exception {
    server.close();
    server =
        HttpServer.open(
            new InetSocketAddress(Addresses.parse("0.0.0.0"), 0), mesh, () -> "mesh_healthy 1\n");
    assertThat(raw("GET /livez HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 421");
    assertThat(raw("GET /livez HTTP/1.1\r\nHost: 192.0.2.7:7979\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 200");
  }

  /** Whoever sends a head octet by octet keeps nobody else out. */
  @Test
  void connectionsThatAskForNothingKeepNobodyOut() throws Exception {
    List<Socket> idle = new ArrayList<>();
    try {
      for (int i = 0; i < 200; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.getOutputStream().write("GET /livez HT".getBytes(StandardCharsets.US_ASCII));
        idle.add(socket);
      }
      assertThat(raw("GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
          .startsWith("HTTP/1.1 200");
      assertThat(idle.get(0).getInputStream().read()).as("the eldest was ended").isNegative();
    } finally {
      for (Socket socket : idle) {
        socket.close();
      }
    }
  }

  @Test
  void aTakenPortIsATypedError() {
    assertThatThrownBy(() -> HttpServer.open(loopback(server.port()), mesh, () -> ""))
        .isInstanceOfSatisfying(
            ControlException.class,
            e -> {
              assertThat(e).hasMessageContaining("127.0.0.1:" + server.port());
              assertThat(e.fix()).contains("--http off");
            });
    assertThatThrownBy(
            () ->
                HttpServer.open(
                    new InetSocketAddress(Addresses.parse("192.0.2.1"), 0), mesh, () -> ""))
        .isInstanceOf(ControlException.class)
        .hasMessageContaining("192.0.2.1");
  }

  private String raw(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }

  private HttpResponse<String> get(String path) throws Exception {
    return client.send(
        HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
  }

  private static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }
}
