package io.vrouter.mesh.control;

import io.vrouter.membership.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Objects;

/**
 * The mesh as one page without external assets. The verdict is in the markup, for readers without
 * script; everything else is drawn by the page's script from the state in the markup and from
 * {@link LiveStream}.
 */
final class StatusPage {
  private static final String STYLE = resource("status-page.css");
  private static final String SCRIPT = resource("status-page.js");
  private static final String MARKUP =
      resource("status-page.html").replace("@STYLE@", STYLE).replace("@SCRIPT@", SCRIPT);

  /** The content security policy: this page's style and script, this server's data. */
  static final String POLICY =
      "default-src 'none'; style-src 'sha256-"
          + sha256(STYLE)
          + "'; script-src 'sha256-"
          + sha256(SCRIPT)
          + "'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none';"
          + " frame-ancestors 'none'";

  private StatusPage() {}

  static String render(LiveStream.Snapshot snapshot) {
    Status status = snapshot.status();
    int alive = status.members().getOrDefault(MemberStatus.ALIVE, 0);
    return MARKUP
        .replace("@TITLE@", (status.healthy() ? "healthy" : "UNHEALTHY") + " – vRouter mesh")
        .replace("@CLASS@", status.healthy() ? "good" : "bad")
        .replace("@VERDICT@", status.healthy() ? "Healthy" : "Unhealthy")
        .replace("@SUMMARY@", alive + " alive, " + status.errors().size() + " errors")
        // in JSON a < is inside a string; escaped, it can't end the element
        .replace("@STATE@", Json.line(snapshot).replace("<", "\\u003c"));
  }

  private static String resource(String name) {
    try (InputStream in =
        Objects.requireNonNull(StatusPage.class.getResourceAsStream(name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(name + " can't be read from meshd.jar", e);
    }
  }

  private static String sha256(String text) {
    byte[] digest = Sha256.of(text.getBytes(StandardCharsets.UTF_8));
    return Base64.getEncoder().encodeToString(digest);
  }
}
