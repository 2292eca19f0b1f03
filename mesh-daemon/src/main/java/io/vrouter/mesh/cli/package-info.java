/**
 * The commands of {@code meshd} and {@code meshctl}.
 *
 * <p>{@link io.vrouter.mesh.cli.Meshctl} is the thin client: one class without dependencies that
 * starts quickly and copies bytes. The commands themselves run in the daemon, over {@code
 * control}'s {@code MeshApi}; of the daemon they see its DTOs and nothing else. {@code meshd}'s own
 * command line turns flags into a {@code MeshConfig} and hands it to the factory that {@code main}
 * passed in.
 */
@NullMarked
package io.vrouter.mesh.cli;

import org.jspecify.annotations.NullMarked;
