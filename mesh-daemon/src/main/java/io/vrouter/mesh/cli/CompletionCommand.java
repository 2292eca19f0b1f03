package io.vrouter.mesh.cli;

import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "completion",
    description = {
      "A completion script. Needs no daemon.",
      "bash, zsh: source <(meshctl completion bash)",
      "fish: meshctl completion fish > ~/.config/fish/completions/meshctl.fish"
    })
final class CompletionCommand implements Callable<Integer> {
  private final Session session;

  @Parameters(arity = "0..1", paramLabel = "SHELL", description = "bash (default), zsh or fish")
  private Shell shell = Shell.BASH;

  CompletionCommand(Session session) {
    this.session = session;
  }

  /** The shells. One script serves bash and zsh, which loads bash's completion in it. */
  enum Shell {
    BASH,
    ZSH,
    FISH;

    /** As typed, and as picocli lists it. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Override
  public Integer call() {
    CommandLine model = MeshctlModel.of(session);
    session
        .out()
        .println(
            switch (shell) {
              case BASH, ZSH -> AutoComplete.bash("meshctl", model);
              case FISH -> FishCompletion.of(model);
            });
    return ExitCode.OK;
  }
}
