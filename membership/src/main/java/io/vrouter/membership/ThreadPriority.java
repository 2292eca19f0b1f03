package io.vrouter.membership;

/**
 * Gives threads real-time priority where the host allows it. A node whose threads wait for the
 * processor looks failed to its peers, though its work takes a fraction of a millisecond.
 * Thread-safe. Neither method throws: the implementation reports refusals.
 */
public interface ThreadPriority {
  /** No priority. */
  ThreadPriority NONE =
      new ThreadPriority() {
        @Override
        public void raise() {}

        @Override
        public void lower() {}
      };

  /** Gives the calling thread priority. */
  void raise();

  /** Takes the priority from the calling thread. */
  void lower();
}
