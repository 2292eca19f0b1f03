import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** The web service of a stack in the demo and in the lab tests: says who it is and who asked. */
final class Page {
  private Page() {}

  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 2) {
      System.err.println("usage: Page NAME PORT");
      System.exit(2);
    }
    String name = arguments[0];
    HttpServer server =
        HttpServer.create(new InetSocketAddress(Integer.parseInt(arguments[1])), 16);
    server.createContext(
        "/",
        exchange -> {
          String client = exchange.getRemoteAddress().getAddress().getHostAddress();
          byte[] page = (name + " answers " + client + "\n").getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
          exchange.sendResponseHeaders(200, page.length);
          exchange.getResponseBody().write(page);
          exchange.close();
        });
    server.start();
    System.out.println("serving");
  }
}
