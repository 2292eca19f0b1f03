package io.vrouter.mesh.control;

/**
 * The user of the process at the other end of a connection (SO_PEERCRED, unix(7)).
 *
 * @param user the name, or the number when there is none
 * @param mayWrite whether it is root or the daemon's own user
 */
public record Caller(String user, boolean mayWrite) {}
