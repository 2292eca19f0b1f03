package io.vrouter.mesh.host;

import io.vrouter.mesh.host.HostFacts.Holder;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the processes that hold sockets, by a walk through proc. */
final class SocketHolders {
  private static final Logger LOG = LoggerFactory.getLogger(SocketHolders.class);

  private final Path proc;

  SocketHolders(Path proc) {
    this.proc = proc;
  }

  /**
   * The first visible holder of each socket.
   *
   * @param inodes of sockets
   */
  Map<Long, Holder> find(Set<Long> inodes) {
    Map<Long, Holder> found = new HashMap<>();
    if (inodes.isEmpty()) {
      return found;
    }
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
      for (Path process : processes) {
        search(process, inodes, found);
      }
    } catch (IOException e) {
      LOG.debug("processes can't be listed", e);
    }
    return found;
  }

  private void search(Path process, Set<Long> inodes, Map<Long, Holder> found) {
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path descriptor : descriptors) {
        long inode = socket(descriptor);
        if (inodes.contains(inode) && !found.containsKey(inode)) {
          String command = Files.readString(process.resolve("comm")).strip();
          found.put(
              inode,
              new Holder(Long.parseLong(process.getFileName().toString()), command, user(process)));
        }
      }
    } catch (IOException e) {
      LOG.debug("a process ended meanwhile, or its files are not readable here", e);
    }
  }

  private static String user(Path process) {
    try {
      return Files.getOwner(process).getName();
    } catch (IOException | UnsupportedOperationException e) {
      return "";
    }
  }

  private static long socket(Path descriptor) {
    try {
      String target = Files.readSymbolicLink(descriptor).toString();
      return target.startsWith("socket:[")
          ? Long.parseLong(target.substring("socket:[".length(), target.length() - 1))
          : -1;
    } catch (IOException e) {
      return -1;
    }
  }
}
