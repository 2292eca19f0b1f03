package io.vrouter.mesh.trial;

/**
 * A pair of sites of two hosts.
 *
 * @param near the initiator's
 * @param far the responder's
 * @param open whether packets must arrive; else none may
 */
record Lane(Site near, Site far, boolean open) {}
