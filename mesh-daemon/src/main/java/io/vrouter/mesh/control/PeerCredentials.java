package io.vrouter.mesh.control;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;

/** Decides which callers may write: root and the daemon's own user. Compares users by number. */
final class PeerCredentials {
  private final UserPrincipal root;
  private final UserPrincipal own;

  private PeerCredentials(UserPrincipal root, UserPrincipal own) {
    this.root = root;
    this.own = own;
  }

  /** For a daemon that made the given file. */
  static PeerCredentials ownerOf(Path socket) throws IOException {
    // by number: an image without /etc/passwd has no "root"
    UserPrincipal root =
        socket.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("0");
    return new PeerCredentials(root, Files.getOwner(socket));
  }

  Caller of(SocketChannel channel) throws IOException {
    UnixDomainPrincipal peer = channel.getOption(ExtendedSocketOptions.SO_PEERCRED);
    UserPrincipal user = peer.user();
    return new Caller(user.getName(), user.equals(root) || user.equals(own));
  }
}
