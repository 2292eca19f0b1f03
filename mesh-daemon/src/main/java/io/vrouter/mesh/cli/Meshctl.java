package io.vrouter.mesh.cli;

import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;

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
  private static final List<String> LOCAL = List.of("version", "completion", "help");
  private static final List<String> ASKS_FOR_HELP = List.of("-h", "--help", "-V", "--version");

  private static volatile boolean answered;

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
      return LocalMeshctl.unreachable(args, socket, why);
    }
    try {
      byte[] request = request(args);
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
    return copy(channel, socket);
  }

  private static int copy(SocketChannel channel, String socket) {
    FileOutputStream[] streams = {
      new FileOutputStream(FileDescriptor.out), new FileOutputStream(FileDescriptor.err)
    };
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
        } catch (IOException e) {
          // the reader of our output has closed it
          return 1;
        }
      }
    } catch (IOException e) {
      System.err.println(
          "error: meshd at " + socket + " closed the connection before the command ended");
      System.err.println("fix: see whether it runs, and its log");
      return 3;
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
    Thread thread =
        new Thread("patience") {
          @Override
          public void run() {
            try {
              Thread.sleep(PATIENCE_MILLIS);
            } catch (InterruptedException e) {
              return;
            }
            if (!answered) {
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
      if (ASKS_FOR_HELP.contains(arg)) {
        return true;
      }
    }
    int next = word(args, word + 1);
    return args[word].equals("token")
        && next >= 0
        && args[next].equals("create")
        && !ofRunningMesh(args);
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
