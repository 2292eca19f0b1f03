@org.jspecify.annotations.NullMarked
package io.vrouter.bench;
