package io.vrouter.mesh.cli;

import io.vrouter.membership.crypto.OperatorKey;
import io.vrouter.mesh.control.PolicyView;
import io.vrouter.mesh.policy.PolicyException;
import io.vrouter.mesh.policy.PolicyText;
import io.vrouter.mesh.policy.SignedPolicy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands of {@code meshctl policy}. Those that read files run in the client's process. */
final class PolicyCommands {
  private PolicyCommands() {}

  private static CommandException refused(String message, String fix) {
    return new CommandException(ExitCode.FAILED, message, fix);
  }

  private static byte[] read(Path file) throws CommandException {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw refused(file + " can't be read: " + e, "name a file that this user may read");
    }
  }

  @Command(
      name = "create",
      description = "Write a new operator key; print its public key. Needs no daemon.")
  static final class CreateKey implements Callable<Integer> {
    private final Session session;

    @Parameters(paramLabel = "KEYFILE", description = "made here, readable by its owner only")
    private Path file = Path.of("");

    CreateKey(Session session) {
      this.session = session;
    }

    @Override
    public Integer call() throws CommandException {
      session.clientOnly();
      OperatorKey key = OperatorKeys.create(file);
      session
          .err()
          .println(
              "operator key in "
                  + Text.safe(file.toString())
                  + ": keep it off the hosts; give its public key to meshd on every host with"
                  + " --policy-key");
      session.err().flush();
      session.out().println(OperatorKey.text(key.publicKey()));
      return ExitCode.OK;
    }
  }

  private static void write(Path file, byte[] content, String mode) throws CommandException {
    try (var out =
        Files.newByteChannel(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode)))) {
      ByteBuffer left = ByteBuffer.wrap(content);
      while (left.hasRemaining()) {
        out.write(left);
      }
    } catch (FileAlreadyExistsException e) {
      throw refused(file + " exists, and is left as it is", "name another file");
    } catch (IOException e) {
      throw refused(file + " can't be written: " + e, "name a file that this user may write");
    }
  }

  @Command(
      name = "sign",
      description = "Sign a policy with the operator's key. Needs no daemon.",
      footer = {
        "",
        "FILE is YAML or JSON:",
        "  version: 1            # one more than the last policy's",
        "  nodes:",
        "    6f1d...e2:          # a node id, see 'meshctl members -o wide'",
        "      prefixes: [172.30.0.0/16]",
        "      vnis: [1000]",
        "    \"*\":                # all others",
        "      prefixes: []",
        "      vnis: [any]"
      })
  static final class Sign implements Callable<Integer> {
    private final Session session;

    @Parameters(paramLabel = "FILE", description = "the policy")
    private Path file = Path.of("");

    @Option(
        names = "--key",
        paramLabel = "KEYFILE",
        required = true,
        description = "the operator's key, see 'meshctl policy key create'")
    private Path key = Path.of("");

    @Option(
        names = {"-f", "--file"},
        paramLabel = "OUT",
        description = "write the signed policy here instead of to stdout")
    private Path out = Path.of("");

    Sign(Session session) {
      this.session = session;
    }

    @Override
    public Integer call() throws CommandException {
      session.clientOnly();
      SignedPolicy signed;
      try {
        signed =
            SignedPolicy.sign(
                PolicyText.parse(new String(read(file), StandardCharsets.UTF_8)),
                OperatorKeys.read(key));
      } catch (PolicyException e) {
        throw refused(file + ": " + e.getMessage(), "see 'meshctl policy sign --help'");
      }
      session
          .err()
          .println(
              "signed policy %d: %d nodes, others %s"
                  .formatted(
                      signed.policy().version(),
                      signed.policy().nodes().size(),
                      signed.policy().others()));
      session.err().flush();
      if (out.toString().isEmpty()) {
        session.out().println(signed.text());
      } else {
        write(out, (signed.text() + "\n").getBytes(StandardCharsets.US_ASCII), "rw-r--r--");
      }
      return ExitCode.OK;
    }
  }

  @Command(
      name = "apply",
      description = "Put a signed policy in force on all hosts with the operator's public key.")
  static final class PolicyApplication implements Callable<Integer> {
    private final Session session;

    @Parameters(paramLabel = "FILE", description = "the signed policy, see 'meshctl policy sign'")
    private String policy = "";

    PolicyApplication(Session session) {
      this.session = session;
    }

    @Override
    public Integer call() throws Exception {
      // The client has replaced the file's name by its content.
      PolicyView view = session.writableApi().applyPolicy(policy);
      session.err().println("policy " + view.version() + " is in force");
      session.err().flush();
      session.printed(view);
      return ExitCode.OK;
    }
  }

  @Command(name = "show", description = "The policy in force on this host.")
  static final class PolicyListing implements Callable<Integer> {
    private final Session session;

    PolicyListing(Session session) {
      this.session = session;
    }

    @Override
    public Integer call() throws Exception {
      PolicyView view = session.api().policy();
      if (session.printed(view)) {
        return ExitCode.OK;
      }
      if (view.version() == 0) {
        session
            .out()
            .println(
                view.operator() == null
                    ? "no operator key here (--policy-key): every member may have every prefix"
                    : "no policy yet: every member may have every prefix");
        return ExitCode.OK;
      }
      session.out().println("policy " + view.version() + ", signed by " + view.operator());
      Table table = new Table("NODE", "VNIS", "PREFIXES");
      view.nodes()
          .forEach(
              node ->
                  table.row(
                      node.node(),
                      String.join(" ", node.vnis()),
                      node.prefixes().isEmpty() ? "-" : String.join(" ", node.prefixes())));
      table.print(session.out());
      return ExitCode.OK;
    }
  }
}
