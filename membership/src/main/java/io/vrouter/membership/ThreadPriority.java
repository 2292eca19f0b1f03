package io.vrouter.membership;

/**
 * Puts threads before the host's other work, where the host allows it. A node whose threads wait
 * for the processor looks dead to others, though all it has to do takes a fraction of a
 * millisecond. Thread-safe; neither method throws: what can't be had is the implementation's to
 * tell.
 */
public interface ThreadPriority {
  /** Nothing goes first. */
  ThreadPriority NONE =
      new ThreadPriority() {
        @Override
        public void raise() {}

        @Override
        public void lower() {}
      };

  /** The calling thread goes first from now on. */
  void raise();

  /** The calling thread is like any other from now on. */
  void lower();
}
