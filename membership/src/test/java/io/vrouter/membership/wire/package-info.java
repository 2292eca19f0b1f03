@org.jspecify.annotations.NullMarked
package io.vrouter.membership.wire;
