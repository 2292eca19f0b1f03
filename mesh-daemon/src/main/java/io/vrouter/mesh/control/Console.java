package io.vrouter.mesh.control;

import java.io.OutputStream;
import java.io.PrintWriter;
import java.util.function.Consumer;

/**
 * The output of a command.
 *
 * @param out data
 * @param bytes the same stream for data that is no text; flush {@code out} before
 * @param err messages
 * @param tty whether {@code out} ends in a terminal
 * @param columns that terminal's width, 0 when unknown
 * @param noColor whether colours are unwanted although it is a terminal
 * @param afterwards takes actions to run once the client has the whole answer
 */
public record Console(
    PrintWriter out,
    OutputStream bytes,
    PrintWriter err,
    boolean tty,
    int columns,
    boolean noColor,
    Caller caller,
    Consumer<Runnable> afterwards) {
  /** Whether to use colours. */
  public boolean colors() {
    return tty && !noColor;
  }
}
