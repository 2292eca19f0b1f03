package io.vrouter.mesh.control;

import io.vrouter.membership.Defects;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** The paths of the HTTP server, all read-only. */
final class HttpRoutes extends Handler.Abstract {
  private static final String JSON = "application/json";
  private static final String HTML = "text/html; charset=utf-8";

  /** Prometheus' text format 0.0.4. */
  private static final String METRICS = "text/plain; version=0.0.4; charset=utf-8";

  private static final String EVENTS = "text/event-stream";
  private static final String LIVE = "/api/v1/live";

  private final Map<String, Supplier<HttpReply>> routes;
  private final HostNames names;
  private final LiveStream live;

  private record HttpReply(int status, String type, String body) {}

  private record Health(boolean ok, String reason) {}

  HttpRoutes(MeshApi api, Supplier<String> metrics, HostNames names, LiveStream live) {
    this.names = names;
    this.live = live;
    this.routes =
        Map.of(
            "/", () -> new HttpReply(200, HTML, StatusPage.render(LiveStream.Snapshot.of(api))),
            "/livez", () -> live(api),
            "/readyz", () -> ready(api.status()),
            "/metrics", () -> new HttpReply(200, METRICS, metrics.get()),
            "/api/v1/members", () -> json(api.members(false)),
            "/api/v1/routes", () -> json(api.routes()),
            "/api/v1/status", () -> json(api.status()),
            "/api/v1/networks", () -> json(api.networks()),
            "/api/v1/conflicts", () -> json(api.conflicts()),
            "/api/v1/events", () -> json(api.events()));
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    String path = Request.getPathInContext(request);
    HttpReply reply = refusal(request);
    if (reply == null && path.equals(LIVE)) {
      if (request.getMethod().equals("HEAD")) {
        reply = new HttpReply(200, EVENTS, "");
      } else if (live.open(head(response, 200, EVENTS), callback)) {
        return true;
      } else {
        reply = error(503, "all " + LiveStream.MOST + " live streams are taken: ask again later");
      }
    }
    send(request, response, reply == null ? answer(path) : reply, callback);
    return true;
  }

  private @Nullable HttpReply refusal(Request request) {
    String method = request.getMethod();
    if (!method.equals("GET") && !method.equals("HEAD")) {
      return error(405, "only GET and HEAD are answered");
    }
    if (!names.allow(Request.getServerName(request))) {
      return error(421, "ask for this by " + names);
    }
    return null;
  }

  private HttpReply answer(String path) {
    Supplier<HttpReply> route = routes.get(path);
    if (route == null) {
      return error(
          404,
          "there is: "
              + Stream.concat(routes.keySet().stream(), Stream.of(LIVE))
                  .sorted()
                  .collect(Collectors.joining(" ")));
    }
    try {
      return route.get();
    } catch (RuntimeException e) {
      Defects.caught("answering the HTTP request " + path, e);
      return error(500, "meshd failed at this; its log has the details");
    }
  }

  private static HttpReply live(MeshApi api) {
    return api.live()
        ? json(new Health(true, "meshd " + api.version() + " is running"))
        : new HttpReply(503, JSON, Json.line(new Health(false, "a thread of meshd is stuck")));
  }

  private static HttpReply ready(Status status) {
    int alive = status.members().getOrDefault(MemberStatus.ALIVE, 0);
    String members = alive + " members alive, " + status.errors().size() + " problems";
    return status.converged()
        ? json(new Health(true, "converged, " + members))
        : new HttpReply(503, JSON, Json.line(new Health(false, "not converged, " + members)));
  }

  private static HttpReply json(Object answer) {
    return new HttpReply(200, JSON, Json.line(answer) + "\n");
  }

  private static HttpReply error(int status, String message) {
    return new HttpReply(status, JSON, Json.line(new Health(false, message)) + "\n");
  }

  private static void send(Request request, Response response, HttpReply reply, Callback callback) {
    byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
    head(response, reply.status(), reply.type())
        .getHeaders()
        .put(HttpHeader.CONTENT_LENGTH, body.length);
    if (reply.status() == 405) {
      response.getHeaders().put(HttpHeader.ALLOW, "GET, HEAD");
    }
    boolean head = request.getMethod().equals("HEAD");
    response.write(true, head ? ByteBuffer.allocate(0) : ByteBuffer.wrap(body), callback);
  }

  private static Response head(Response response, int status, String type) {
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    response.getHeaders().put(new HttpField("X-Content-Type-Options", "nosniff"));
    response.getHeaders().put(new HttpField("Referrer-Policy", "no-referrer"));
    response.getHeaders().put(new HttpField("Content-Security-Policy", StatusPage.POLICY));
    return response;
  }
}
