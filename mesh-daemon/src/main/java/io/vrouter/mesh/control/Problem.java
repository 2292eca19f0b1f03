package io.vrouter.mesh.control;

/**
 * A fault or a limitation of this host or of the mesh.
 *
 * @param code for programs, lower case with dashes, e.g. {@code overlay-full}
 * @param message the cause
 * @param fix the next step
 */
public record Problem(String code, String message, String fix) {}
