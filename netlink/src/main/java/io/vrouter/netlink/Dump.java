package io.vrouter.netlink;

import java.util.List;

/**
 * All entries of one kind.
 *
 * @param entries immutable
 * @param interrupted whether the kernel's table changed during every try: entries may be missing or
 *     double. No deletion may rely on such a dump
 */
public record Dump<T>(List<T> entries, boolean interrupted) {
  /** Copies the list. */
  public Dump {
    entries = List.copyOf(entries);
  }
}
