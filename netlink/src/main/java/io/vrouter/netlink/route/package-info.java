@org.jspecify.annotations.NullMarked
package io.vrouter.netlink.route;
