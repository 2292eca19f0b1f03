package io.vrouter.mesh.node;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeKeys;
import io.vrouter.membership.StateFile;
import io.vrouter.membership.TrustedFile;
import io.vrouter.membership.crypto.Ed25519Verifier;
import io.vrouter.membership.crypto.KeyBook;
import io.vrouter.membership.crypto.KeyFile;
import io.vrouter.membership.crypto.MeshToken;
import io.vrouter.membership.crypto.NodeIdentity;
import io.vrouter.membership.crypto.OperatorKey;
import io.vrouter.mesh.cli.StartException;
import io.vrouter.mesh.config.MeshConfig;
import io.vrouter.mesh.config.SecretStrength;
import io.vrouter.mesh.model.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A node's secrets, from its configuration and its state directory. */
final class NodeSecrets {
  private static final Logger LOG = LoggerFactory.getLogger(NodeSecrets.class);

  /** Largest file of a public key, in bytes. */
  private static final int PUBLIC_KEY_LIMIT = 4096;

  private final MeshConfig config;
  private final Consumer<Problem> warnings;

  /** Reads nothing yet. */
  NodeSecrets(MeshConfig config, Consumer<Problem> warnings) {
    this.config = config;
    this.warnings = warnings;
  }

  /**
   * The mesh's token; a weak one, or none, is a warning. It names the operator of {@code
   * --policy-key} where that is given, else its own.
   *
   * @throws StartException when it isn't one, or that key isn't
   */
  MeshToken token() throws StartException {
    MeshToken token = given();
    return operator().map(token::withOperator).orElse(token);
  }

  /** The keys for records and policies. */
  NodeKeys nodeKeys(MeshToken token, NodeIdentity identity) {
    Bytes operator = token.operator();
    return new NodeKeys(
        identity,
        new Ed25519Verifier(),
        operator.length() == 0 ? null : operator,
        config.policyKey().isPresent());
  }

  private MeshToken given() throws StartException {
    if (config.token().isEmpty()) {
      warnings.accept(
          Problem.warning(
              "insecure",
              "there is no token: whoever reaches UDP port %d joins and reads the mesh"
                  .formatted(config.gossipPort()),
              "make one with 'meshctl token create' and give it to every host, without"
                  + " --insecure"));
      return MeshToken.insecure();
    }
    try {
      String secret = config.token().get().reveal();
      MeshToken token = MeshToken.parse(secret);
      if (SecretStrength.bits(secret) < SecretStrength.ENOUGH) {
        warnings.accept(
            Problem.warning(
                "weak-secret",
                "the mesh's secret repeats itself: who records one datagram can guess it",
                "make a token with 'meshctl token create' and give it to every host"));
      }
      return token;
    } catch (IllegalArgumentException e) {
      throw new StartException(
          String.valueOf(e.getMessage()), "copy it whole, or make one with 'meshctl token create'");
    }
  }

  /** The operator's public key of {@code --policy-key}, given as text or as a file. */
  private Optional<Bytes> operator() throws StartException {
    if (config.policyKey().isEmpty()) {
      return Optional.empty();
    }
    String given = config.policyKey().get();
    String fix = "give --policy-key what 'meshctl policy key create' printed, or a file with it";
    try {
      return Optional.of(OperatorKey.publicKey(given));
    } catch (IllegalArgumentException e) {
      LOG.debug("--policy-key names a file", e);
    }
    try {
      String text =
          new String(TrustedFile.read(Path.of(given), PUBLIC_KEY_LIMIT), StandardCharsets.US_ASCII);
      if (OperatorKey.isSecret(text)) {
        throw new StartException(
            "--policy-key: "
                + given
                + " holds the operator's private key, which belongs on no host",
            "take it off this host; " + fix);
      }
      return Optional.of(OperatorKey.publicKey(text));
    } catch (IOException | IllegalArgumentException e) {
      throw new StartException("--policy-key: " + StateFile.firstLine(e), fix, e);
    }
  }

  /**
   * This host's identity. Counts a start on the disk.
   *
   * @throws NotYetException while the state directory can't be used
   */
  NodeIdentity identity() throws NotYetException {
    try {
      TrustedFile.checkDirectory(config.stateDir());
      return NodeIdentity.open(config.stateDir(), new SecureRandom());
    } catch (IOException e) {
      throw new NotYetException(
          new Problem(
              "state-dir",
              "the state directory " + config.stateDir() + " can't be used: " + e,
              "make room on its disk and let meshd write there, or give it another one with"
                  + " --state-dir"),
          e);
    }
  }

  /** The keys of the mesh that this host holds. */
  KeyBook keys(MeshToken token, NodeIdentity identity) {
    return new KeyFile(config.stateDir(), System::nanoTime, System::currentTimeMillis)
        .open(token, identity, new SecureRandom());
  }
}
