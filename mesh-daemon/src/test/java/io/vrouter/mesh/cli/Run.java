package io.vrouter.mesh.cli;

import io.vrouter.membership.Bytes;
import io.vrouter.mesh.control.Caller;
import io.vrouter.mesh.control.Console;
import io.vrouter.mesh.control.MemoryMesh;
import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/** One run of a command and what came of it. */
record Run(int exitCode, String out, String err, Bytes bytes) {
  /** Without data that is no text. */
  Run(int exitCode, String out, String err) {
    this(exitCode, out, err, Bytes.EMPTY);
  }

  static final Clock CLOCK = Clock.fixed(MemoryMesh.START.plusSeconds(3_600), ZoneOffset.UTC);

  static Run of(MemoryMesh mesh, String... argv) throws InterruptedException {
    return of(mesh, false, true, argv);
  }

  static Run of(MemoryMesh mesh, boolean tty, boolean mayWrite, String... argv)
      throws InterruptedException {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    List<Runnable> afterwards = new ArrayList<>();
    Console console =
        new Console(
            new PrintWriter(out),
            bytes,
            new PrintWriter(err),
            tty,
            120,
            false,
            new Caller("nobody", mayWrite),
            afterwards::add);
    int code = new MeshctlCommands(mesh, mesh.maintenance, CLOCK).run(List.of(argv), console);
    afterwards.forEach(Runnable::run);
    return new Run(code, out.toString(), err.toString(), Bytes.of(bytes.toByteArray()));
  }
}
