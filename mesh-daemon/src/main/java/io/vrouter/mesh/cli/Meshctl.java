package io.vrouter.mesh.cli;

import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;

/**
 * The thin client: sends the arguments to the daemon and copies its answer. Uses nothing beyond
 * {@code java.base}, no lambdas and no formatting, since all of its run time is class loading.
 * Commands that need no daemon go to {@link LocalMeshctl}.
 *
 * <p>The launcher sets {@code meshctl.tty} and {@code meshctl.columns}: the JDK can't find out.
 */
public final class Meshctl {
  private static final String DEFAULT_SOCKET = "/run/vrouter/mesh.sock";
  private static final int MAX_REQUEST = 64 * 1024;
  private static final int MAX_FRAME = 1 << 20;
  private static final long PATIENCE_MILLIS = 10_000;
  private static final List<String> WITH_VALUE = List.of("--socket", "-o", "--output");
  private static final List<String> LOCAL = List.of("version", "completion", "help", "up");
  private static final List<String> ASKS_FOR_HELP = List.of("-h", "--help", "-V", "--version");

  /** The result of a connection that ended before the command did. */
  static final int LOST = -1;

  private static volatile boolean answered;

  /** Number of the present connection. */
  private static volatile int connection;

  private Meshctl() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] args) {
    int code = isLocal(args) ? LocalMeshctl.run(args) : ask(args);
    System.out.flush();
    System.err.flush();
    // shutdown hooks are not needed and cost time
    Runtime.getRuntime().halt(code);
  }

  private static int ask(String[] args) {
    String socket = socketOf(args);
    SocketChannel channel;
    try {
      channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    } catch (IOException | IllegalArgumentException e) {
      String why = String.valueOf(e.getMessage());
      if (why.contains("ermission denied")) {
        System.err.println("error: you may not connect to " + socket);
        System.err.println("fix: run this as root (sudo) or as a member of the group vrouter");
        return 5;
      }
      return isWait(args)
          ? LocalMeshctl.waitFirst(args, socket, why)
          : LocalMeshctl.unreachable(args, socket, why);
    }
    long begin = System.nanoTime();
    int code = exchange(channel, args, socket);
    if (code == LOST) {
      return isWait(args) ? LocalMeshctl.waitOn(args, socket, begin) : lost(socket);
    }
    return code;
  }

  /** The only command that goes on when the daemon, or its socket, is replaced. */
  private static boolean isWait(String[] args) {
    return args[word(args, 0)].equals("wait");
  }

  private static int lost(String socket) {
    System.err.println(
        "error: meshd at " + socket + " closed the connection before the command ended");
    System.err.println("fix: see whether it runs, and its log");
    return 3;
  }

  /** Sends the arguments and copies the answer; the exit code, or {@link #LOST}. */
  static int exchange(SocketChannel channel, String[] args, String socket) {
    try {
      byte[] request;
      try {
        request = request(withContent(args));
      } catch (IOException e) {
        System.err.println("error: the policy can't be read: " + e);
        System.err.println("fix: name the file that 'meshctl policy sign' wrote");
        return 1;
      }
      if (request.length > MAX_REQUEST) {
        System.err.println("error: the arguments are too long: " + MAX_REQUEST + " bytes at most");
        return 2;
      }
      giveUpLater(socket);
      ByteBuffer out = ByteBuffer.allocate(4 + request.length);
      out.putInt(request.length).put(request).flip();
      while (out.hasRemaining()) {
        channel.write(out);
      }
    } catch (IOException e) {
      // a server that refuses answers before it has read the whole request: read the answer
      answered = false;
    }
    int word = word(args, 0);
    if (!args[word].equals("report")) {
      return copy(channel, socket, new FileOutputStream(FileDescriptor.out));
    }
    ReportFile file = new ReportFile(fileOf(args));
    return file.end(copy(channel, socket, file));
  }

  private static int copy(SocketChannel channel, String socket, OutputStream out) {
    OutputStream[] streams = {out, new FileOutputStream(FileDescriptor.err)};
    try {
      while (true) {
        ByteBuffer head = read(channel, 5);
        answered = true;
        int stream = head.get();
        int length = head.getInt();
        if (stream < 0 || stream > 2 || length < 0 || length > MAX_FRAME) {
          System.err.println("error: the process that answers at " + socket + " is not meshd");
          return 3;
        }
        byte[] bytes = read(channel, length).array();
        if (stream == 0) {
          return length == 1 ? bytes[0] & 0xFF : 1;
        }
        try {
          streams[stream - 1].write(bytes);
        } catch (FileNotWritten e) {
          System.err.println("error: " + e.getMessage());
          System.err.println("fix: name another file with -f, or - for stdout");
          return 1;
        } catch (IOException e) {
          // the reader of our output has closed it
          return 1;
        }
      }
    } catch (IOException e) {
      return LOST;
    }
  }

  /** The file of a report; made when the first data comes, and removed when the report fails. */
  private static final class ReportFile extends OutputStream {
    private final String name;
    private OutputStream out = OutputStream.nullOutputStream();
    private boolean open;

    ReportFile(String name) {
      this.name = name;
    }

    @Override
    public void write(int octet) throws IOException {
      write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (length > 0 && !open) {
        if (name.equals("-")) {
          out = new FileOutputStream(FileDescriptor.out);
        } else {
          try {
            out =
                Channels.newOutputStream(
                    Files.newByteChannel(
                        Path.of(name),
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------"))));
          } catch (IOException | InvalidPathException e) {
            throw new FileNotWritten(name + " can't be made: " + e);
          }
        }
        open = true;
      }
      try {
        out.write(bytes, offset, length);
      } catch (IOException e) {
        throw name.equals("-") ? e : new FileNotWritten(name + " can't be written: " + e);
      }
    }

    /** Prints the name after a success. */
    int end(int code) {
      if (!open || name.equals("-")) {
        return code;
      }
      try {
        out.close();
        if (code == 0) {
          System.out.println(name);
          return 0;
        }
        Files.delete(Path.of(name));
        return code;
      } catch (IOException e) {
        System.err.println("error: " + name + ": " + e);
        return 1;
      }
    }
  }

  private static final class FileNotWritten extends IOException {
    private static final long serialVersionUID = 1;

    FileNotWritten(String message) {
      super(message);
    }
  }

  private static ByteBuffer read(SocketChannel channel, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new EOFException();
      }
    }
    return buffer.flip();
  }

  /** Needed because the kernel accepts connections for a stopped process, too. */
  private static void giveUpLater(String socket) {
    answered = false;
    int mine = connection + 1;
    connection = mine;
    Thread thread =
        new Thread("patience") {
          @Override
          public void run() {
            try {
              Thread.sleep(PATIENCE_MILLIS);
            } catch (InterruptedException e) {
              return;
            }
            if (!answered && mine == connection) {
              System.err.println(
                  "error: meshd at "
                      + socket
                      + " did not answer in "
                      + PATIENCE_MILLIS / 1_000
                      + " s");
              System.err.println("fix: see whether it is stopped or its host overloaded");
              Runtime.getRuntime().halt(4);
            }
          }
        };
    thread.setDaemon(true);
    thread.start();
  }

  /** Whether no daemon is needed: a local command, a request for help, or an incomplete command. */
  static boolean isLocal(String[] args) {
    int word = word(args, 0);
    if (word < 0 || LOCAL.contains(args[word])) {
      return true;
    }
    for (String arg : args) {
      if (ASKS_FOR_HELP.contains(arg) || (args[word].equals("doctor") && arg.startsWith("--fix"))) {
        return true;
      }
    }
    int next = word(args, word + 1);
    if (next < 0) {
      return false;
    }
    boolean makesToken =
        args[word].equals("token") && args[next].equals("create") && !ofRunningMesh(args);
    boolean signs = args[next].equals("sign") || args[next].equals("key");
    return makesToken || (signs && args[word].equals("policy"));
  }

  /** With the content of a signed policy in place of its file's name: the daemon opens no file. */
  static String[] withContent(String[] args) throws IOException {
    int group = word(args, 0);
    int command = group < 0 ? -1 : word(args, group + 1);
    int file = command < 0 ? -1 : word(args, command + 1);
    if (file < 0 || !args[group].equals("policy") || !args[command].equals("apply")) {
      return args;
    }
    try (InputStream in = Files.newInputStream(Path.of(args[file]))) {
      byte[] content = in.readNBytes(MAX_REQUEST / 2);
      String[] changed = args.clone();
      changed[file] = new String(content, StandardCharsets.UTF_8).strip();
      return changed;
    } catch (InvalidPathException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Whether the token is to be one of the daemon's mesh. */
  private static boolean ofRunningMesh(String[] args) {
    for (String arg : args) {
      if (arg.equals("--once")
          || arg.equals("--admit")
          || arg.equals("--expires")
          || arg.startsWith("--expires=")) {
        return true;
      }
    }
    return false;
  }

  private static int word(String[] args, int from) {
    for (int i = from; i < args.length; i++) {
      if (WITH_VALUE.contains(args[i])) {
        i++;
      } else if (!args[i].startsWith("-")) {
        return i;
      }
    }
    return -1;
  }

  static String socketOf(String[] args) {
    for (int i = 0; i < args.length; i++) {
      if (args[i].equals("--socket") && i + 1 < args.length) {
        return args[i + 1];
      }
      if (args[i].startsWith("--socket=")) {
        return args[i].substring("--socket=".length());
      }
    }
    String environment = System.getenv("MESH_SOCKET");
    return environment == null || environment.isEmpty() ? DEFAULT_SOCKET : environment;
  }

  /** The file of a report, in this directory when none is named. */
  static String fileOf(String[] args) {
    for (int i = 0; i < args.length; i++) {
      if ((args[i].equals("-f") || args[i].equals("--file")) && i + 1 < args.length) {
        return args[i + 1];
      }
      if (args[i].startsWith("--file=")) {
        return args[i].substring("--file=".length());
      }
    }
    String now = LocalDateTime.now(ZoneOffset.UTC).toString();
    String time = now.substring(0, now.indexOf('.') < 0 ? now.length() : now.indexOf('.'));
    return "vrouter-report-" + time.replace("-", "").replace(":", "") + "Z.tar.gz";
  }

  static byte[] request(String[] args) {
    boolean tty = "1".equals(System.getProperty("meshctl.tty"));
    StringBuilder json = new StringBuilder(256).append("{\"argv\":[");
    for (int i = 0; i < args.length; i++) {
      quote(json.append(i == 0 ? "" : ","), args[i]);
    }
    json.append("],\"tty\":").append(tty);
    json.append(",\"columns\":").append(Integer.getInteger("meshctl.columns", 0));
    String noColor = System.getenv("NO_COLOR");
    json.append(",\"noColor\":").append(noColor != null && !noColor.isEmpty()).append('}');
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void quote(StringBuilder json, String text) {
    json.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < ' ') {
        json.append("\\u00").append(c < 16 ? "0" : "").append(Integer.toHexString(c));
      } else {
        json.append(c);
      }
    }
    json.append('"');
  }
}
