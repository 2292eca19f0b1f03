package io.vrouter.mesh.control;

import io.vrouter.mesh.model.Problem;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Keys that can be looked at and not changed: for read-only users, and before the start. */
public final class RefusingKeys implements KeysApi {
  private final @Nullable KeysApi shown;
  private final Supplier<Problem> refusal;

  /**
   * Creates the object.
   *
   * @param shown what is shown; null for nothing
   * @param refusal why nothing is changed
   */
  public RefusingKeys(@Nullable KeysApi shown, Supplier<Problem> refusal) {
    this.shown = shown;
    this.refusal = refusal;
  }

  @Override
  public Keys keys() {
    return shown == null ? new Keys(List.of(), List.of(), List.of(), false) : shown.keys();
  }

  @Override
  public Tokens tokens() {
    return shown == null ? new Tokens(List.of()) : shown.tokens();
  }

  @Override
  public Keys rotate(boolean keepTokens) throws MeshApiException {
    throw refused();
  }

  @Override
  public boolean ban(String nodeId) throws MeshApiException {
    throw refused();
  }

  @Override
  public IssuedToken createToken(List<String> seeds, @Nullable Duration lifetime, boolean once)
      throws MeshApiException {
    throw refused();
  }

  @Override
  public void revokeToken(String id) throws MeshApiException {
    throw refused();
  }

  private MeshApiException refused() {
    return new MeshApiException(refusal.get());
  }
}
