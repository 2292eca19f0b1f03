package io.vrouter.mesh.model;

/**
 * Something an operator must know of, as {@code meshctl status} prints it.
 *
 * @param code stable and machine-readable, e.g. {@code foreign-device}
 * @param message what is wrong, naming the value
 * @param fix the next thing to do
 */
public record Problem(String code, String message, String fix) {}
