package io.vrouter.mesh.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "up",
    description = {
      "Make this host a member: check it, make or take the token, write the configuration, start"
          + " the service, wait until it is healthy. Needs no daemon.",
      "Without --token-file or --new it asks on the terminal; nothing that exists is overwritten"
          + " without --force."
    },
    sortOptions = false)
final class UpCommand implements Callable<Integer> {
  private final Session session;

  @Option(
      names = "--token-file",
      paramLabel = "FILE|-",
      description = "the mesh's token, as another host's file or from standard input")
  private @Nullable Path tokenFile;

  @Option(names = "--new", description = "make a new mesh and its token")
  private boolean fresh;

  @Option(
      names = "--seed",
      paramLabel = "HOST[:PORT]",
      description = "a host to contact first, where multicast does not reach it (repeat)")
  private List<String> seeds = List.of();

  @Option(
      names = "--subnet",
      paramLabel = "CIDR[@VNI]",
      description = "a subnet of this host's stacks that Docker does not name (repeat)")
  private List<String> subnets = List.of();

  @Option(
      names = "--force",
      description = "replace token and configuration; the former ones are kept as *.old")
  private boolean force;

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      description = "how long to wait until it is healthy (default 30s)")
  private Duration timeout = Duration.ofSeconds(30);

  UpCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws Exception {
    Setup.Wish wish = new Setup.Wish(tokenFile, fresh, seeds, subnets, force, timeout);
    Path programs = Path.of(System.getProperty("meshctl.bin", "/usr/bin"));
    try {
      return new Setup(new SystemUpHost(System.in), session, programs, System::nanoTime).run(wish);
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.FAILED, "setting up this host: " + e, "mend that and run it once more");
    }
  }
}
