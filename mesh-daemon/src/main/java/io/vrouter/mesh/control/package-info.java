/**
 * The daemon's API for other programs: the records of the contract, the UNIX socket and the HTTP
 * server that serve them.
 *
 * <p>{@link io.vrouter.mesh.control.MeshApi} is implemented by the daemon; {@code cli} renders its
 * answers and depends on nothing else of the daemon. On the socket a request is a 4-byte length and
 * JSON ({@link io.vrouter.mesh.control.ControlRequest}); the reply is frames of one stream byte (1
 * standard output, 2 standard error, 0 the end), a 4-byte length and that many bytes; the end
 * frame's single byte is the exit code. One command per connection. Depends on Jackson, Jetty and
 * the JDK.
 */
@NullMarked
package io.vrouter.mesh.control;

import org.jspecify.annotations.NullMarked;
