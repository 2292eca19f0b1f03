/**
 * The configuration as one immutable value.
 *
 * <p>{@link io.vrouter.mesh.config.Settings} is the only list of keys: flags, environment names,
 * YAML keys, defaults and help all come from it. Reading is pure: the command line, environment and
 * files are passed in. Depends on {@code model}, {@code pool}'s check of a pool's prefix, and
 * Jackson's YAML parser; has no command line library, so that the commands can be tested apart from
 * the rules of precedence.
 */
@NullMarked
package io.vrouter.mesh.config;

import org.jspecify.annotations.NullMarked;
