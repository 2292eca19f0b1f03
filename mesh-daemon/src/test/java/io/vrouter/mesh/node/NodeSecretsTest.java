package io.vrouter.mesh.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeKeys;
import io.vrouter.membership.crypto.MeshToken;
import io.vrouter.membership.crypto.NodeIdentity;
import io.vrouter.membership.crypto.OperatorKey;
import io.vrouter.mesh.cli.StartException;
import io.vrouter.mesh.config.ConfigFixture;
import io.vrouter.mesh.model.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One operator's key on a host: that of the flag, else the token's. */
class NodeSecretsTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Bytes ONE = OperatorKey.create(RANDOM).publicKey();
  private static final Bytes OTHER = OperatorKey.create(RANDOM).publicKey();

  @TempDir Path directory;
  private final List<Problem> warnings = new ArrayList<>();

  private NodeSecrets secrets(Bytes inToken, String... flag) throws Exception {
    MeshToken token = MeshToken.create("lab", List.of(), inToken, RANDOM);
    ConfigFixture config = new ConfigFixture().flag("token-file", "/token");
    for (String value : flag) {
      config.flag("policy-key", value);
    }
    return new NodeSecrets(config.file("/token", token.encode()).load(), warnings::add);
  }

  private NodeKeys keys(NodeSecrets secrets) throws Exception {
    return secrets.nodeKeys(secrets.token(), NodeIdentity.open(directory, RANDOM));
  }

  @Test
  void aTokenNamesTheOperator() throws Exception {
    NodeSecrets secrets = secrets(ONE);
    assertThat(secrets.token().operator()).isEqualTo(ONE);
    assertThat(keys(secrets).operator()).isEqualTo(ONE);
    assertThat(keys(secrets).policyExpected()).isFalse();
  }

  @Test
  void aFlagWinsOverTheToken() throws Exception {
    NodeSecrets secrets = secrets(ONE, OperatorKey.text(OTHER));
    assertThat(secrets.token().operator()).isEqualTo(OTHER);
    assertThat(keys(secrets).operator()).isEqualTo(OTHER);
    assertThat(keys(secrets).policyExpected()).isTrue();
    assertThat(warnings).isEmpty();
  }

  @Test
  void aFlagMayNameAFileButNotThePrivateKeys() throws Exception {
    Path file = directory.resolve("operator.pub");
    Files.writeString(file, OperatorKey.text(ONE) + "\n");
    assertThat(secrets(Bytes.EMPTY, file.toString()).token().operator()).isEqualTo(ONE);
    Path secret = directory.resolve("operator-key");
    OperatorKey.create(secret, RANDOM);
    NodeSecrets wrong = secrets(Bytes.EMPTY, secret.toString());
    assertThatThrownBy(wrong::token)
        .isInstanceOf(StartException.class)
        .hasMessageContaining("private key");
  }

  @Test
  void withoutAKeyThereIsNoOperator() throws Exception {
    NodeSecrets secrets = secrets(Bytes.EMPTY);
    assertThat(secrets.token().operator()).isEqualTo(Bytes.EMPTY);
    assertThat(keys(secrets).operator()).isNull();
  }
}
