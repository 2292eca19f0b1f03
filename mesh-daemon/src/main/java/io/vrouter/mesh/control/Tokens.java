package io.vrouter.mesh.control;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answer to {@code token list}; no token is in it. */
@JsonPropertyOrder({"apiVersion", "tokens"})
public record Tokens(String apiVersion, List<ListedToken> tokens) {
  public Tokens {
    tokens = List.copyOf(tokens);
  }

  /** With the current version. */
  public Tokens(List<ListedToken> tokens) {
    this(Api.VERSION, tokens);
  }

  /**
   * A token.
   *
   * @param id its fingerprint
   * @param kind {@code original} (this host's own), {@code standing}, {@code expiring}, {@code
   *     once}
   * @param state {@code open}, {@code used} or {@code revoked}
   * @param by the node that made it, null for this host's own
   * @param leftSeconds until its end by this host's clock, null when it has none
   */
  @JsonPropertyOrder({"id", "kind", "state", "by", "leftSeconds"})
  public record ListedToken(
      String id, String kind, String state, @Nullable String by, @Nullable Long leftSeconds) {}
}
