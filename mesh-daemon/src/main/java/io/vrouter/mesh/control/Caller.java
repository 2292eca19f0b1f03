package io.vrouter.mesh.control;

/**
 * Who is at the other end of a connection, as the kernel says (SO_PEERCRED, unix(7)).
 *
 * @param user the name, or the number when there is none
 * @param mayWrite whether it is root or the daemon's own user
 */
public record Caller(String user, boolean mayWrite) {}
