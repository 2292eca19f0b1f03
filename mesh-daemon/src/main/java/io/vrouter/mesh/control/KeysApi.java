package io.vrouter.mesh.control;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The operations on the mesh's keys and tokens. Any thread; none blocks on the network. */
public interface KeysApi {
  /** The epochs with their holders, and the bans. */
  Keys keys();

  /** The tokens that admit, or did. */
  Tokens tokens();

  /**
   * Begins another epoch.
   *
   * @param keepTokens whether the tokens made up to now go on admitting hosts
   * @throws MeshApiException when this host has no key yet
   */
  Keys rotate(boolean keepTokens) throws MeshApiException;

  /**
   * Bans a node and begins an epoch without it.
   *
   * @return whether it counts on all hosts, by the operator's key; else it counts here, and
   *     elsewhere when most hosts have banned it, too
   * @throws MeshApiException when the id is none or this host's, or the operator's key can't be
   *     read
   */
  boolean ban(String nodeId) throws MeshApiException;

  /**
   * Makes a token of this mesh.
   *
   * @param seeds carried in it; this host's address when empty
   * @param lifetime null for no end
   * @param once whether it admits one host, at this one only
   * @throws MeshApiException when this host has no key yet, or there are too many tokens
   */
  IssuedToken createToken(List<String> seeds, @Nullable Duration lifetime, boolean once)
      throws MeshApiException;

  /**
   * Revokes a token.
   *
   * @param id 16 hexadecimal digits
   * @throws MeshApiException when this host knows no such token
   */
  void revokeToken(String id) throws MeshApiException;

  /**
   * A new token: a secret.
   *
   * @param text for a token file
   */
  record IssuedToken(String id, String text) {
    /** The id, never the token. */
    @Override
    public String toString() {
      return "IssuedToken[" + id + "]";
    }
  }
}
