/**
 * The commands of {@code meshd} and {@code meshctl}.
 *
 * <p>{@link io.vrouter.mesh.cli.Meshctl} is the thin client: one class without dependencies that
 * starts quickly and copies bytes. The commands themselves run in the daemon, over {@code
 * control}'s {@code MeshApi}; they use the daemon's DTOs and nothing else of it. {@code meshd}'s
 * own command line turns flags into a {@code MeshConfig} and passes it to {@code main}'s factory.
 */
@NullMarked
package io.vrouter.mesh.cli;

import org.jspecify.annotations.NullMarked;
