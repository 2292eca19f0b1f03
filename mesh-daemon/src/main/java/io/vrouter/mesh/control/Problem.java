package io.vrouter.mesh.control;

/**
 * Something that is not as it should be.
 *
 * @param code for programs, lower case with dashes, e.g. {@code overlay-full}
 * @param message the cause, and since when
 * @param fix the next command or step
 */
public record Problem(String code, String message, String fix) {}
