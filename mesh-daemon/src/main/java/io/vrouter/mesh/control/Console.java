package io.vrouter.mesh.control;

import java.io.PrintWriter;
import java.util.function.Consumer;

/**
 * Where a command writes to.
 *
 * @param out data
 * @param err talk
 * @param tty whether {@code out} ends in a terminal
 * @param columns that terminal's width, 0 when unknown
 * @param noColor whether colours are unwanted though it is a terminal
 * @param afterwards takes what is to be done when the client has all of the answer
 */
public record Console(
    PrintWriter out,
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
