package io.vrouter.mesh.control;

import java.io.PrintWriter;

/**
 * Where a command writes to.
 *
 * @param out data
 * @param err talk
 * @param tty whether {@code out} ends in a terminal
 * @param columns that terminal's width, 0 when unknown
 * @param noColor whether colours are unwanted though it is a terminal
 */
public record Console(
    PrintWriter out, PrintWriter err, boolean tty, int columns, boolean noColor, Caller caller) {
  /** Whether to use colours. */
  public boolean colors() {
    return tty && !noColor;
  }
}
