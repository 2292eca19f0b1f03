package io.vrouter.mesh.cli;

import io.vrouter.membership.crypto.OperatorKey;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;

/** The operator's key file, for the commands that run in the client's process. */
final class OperatorKeys {
  private OperatorKeys() {}

  /** A new key in a new file. */
  static OperatorKey create(Path file) throws CommandException {
    try {
      return OperatorKey.create(file, new SecureRandom());
    } catch (FileAlreadyExistsException e) {
      throw refused(file + " exists, and is left as it is", "name another file");
    } catch (IOException e) {
      throw refused(file + " can't be written: " + e, "name a file that this user may write");
    }
  }

  /** The key of a file. */
  static OperatorKey read(Path file) throws CommandException {
    try {
      return OperatorKey.read(file);
    } catch (NoSuchFileException e) {
      throw refused(file + " is missing", "make one: 'meshctl policy key create KEYFILE'");
    } catch (IOException e) {
      throw refused(
          "the operator's key: " + e.getMessage(),
          "name a file of your own, mode 0600, made by 'meshctl policy key create KEYFILE'");
    }
  }

  /** The key of a file, which is made when it is missing. */
  static OperatorKey readOrCreate(Path file) throws CommandException {
    try {
      return OperatorKey.readOrCreate(file, new SecureRandom());
    } catch (IOException e) {
      throw refused(
          "the operator's key: " + e.getMessage(),
          "name a file of your own, mode 0600, or a new one in a directory of your own");
    }
  }

  private static CommandException refused(String message, String fix) {
    return new CommandException(ExitCode.FAILED, message, fix);
  }
}
