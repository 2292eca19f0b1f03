@org.jspecify.annotations.NullMarked
package io.vrouter.mesh.model;
