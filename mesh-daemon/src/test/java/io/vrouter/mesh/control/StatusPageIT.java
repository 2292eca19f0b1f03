package io.vrouter.mesh.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.LONG;
import static org.awaitility.Awaitility.await;

import io.vrouter.mesh.model.Problem;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;

/** The status page in Debian's Chromium. */
@Tag("lab")
class StatusPageIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static ChromeDriver browser;
  private @Nullable HttpServer server;

  @BeforeAll
  static void start() {
    browser =
        new ChromeDriver(
            new ChromeDriverService.Builder()
                .usingDriverExecutable(Path.of("/usr/bin/chromedriver").toFile())
                .usingAnyFreePort()
                .build(),
            new ChromeOptions()
                .setBinary("/usr/bin/chromium")
                .addArguments("--headless=new", "--no-sandbox", "--disable-gpu")
                .addArguments("--disable-dev-shm-usage", "--window-size=1200,1000"));
  }

  @AfterAll
  static void quit() {
    browser.quit();
  }

  @AfterEach
  void close() {
    if (server != null) {
      server.close();
    }
  }

  private PageMesh open(int hosts) throws ControlException {
    PageMesh mesh = new PageMesh(hosts, Instant.now().minusSeconds(4_000));
    server =
        HttpServer.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), mesh, () -> "");
    browser.get("http://127.0.0.1:" + server.port() + "/");
    await().atMost(PATIENCE).until(() -> text("#live").equals("live"));
    return mesh;
  }

  private static String text(String selector) {
    return browser.findElement(By.cssSelector(selector)).getText();
  }

  private static List<WebElement> all(String selector) {
    return browser.findElements(By.cssSelector(selector));
  }

  @Test
  void theVerdictFollowsTheMesh() throws Exception {
    PageMesh mesh = open(3);
    assertThat(text("#verdict")).isEqualTo("Healthy");
    assertThat(text("#summary")).isEqualTo("alon sees 3 alive. The kernel is as the records say.");
    mesh.broken = 2;
    await().atMost(PATIENCE).until(() -> text("#verdict").equals("Unhealthy: 1 error"));
    assertThat(text("#problems"))
        .contains("error: path-unreachable", "Fix: open UDP 4789", "since");
    assertThat(all("[data-peer=host-02] line.bad")).as("only the way towards it").hasSize(1);
    assertThat(all("[data-peer=host-01] line.bad")).isEmpty();
    assertThat(text("[data-peer=host-01] text")).isEqualTo("1.8 ms");
    mesh.broken = 0;
    await().atMost(PATIENCE).until(() -> text("#verdict").equals("Healthy"));
    assertThat(all("line.bad")).isEmpty();
    assertThat(text("[data-peer=host-01] text")).isEqualTo("1.8 ms");
    assertThat(text("[data-peer=host-02] text")).isEqualTo("194 µs, wireguard");
  }

  @Test
  void namesOfOthersAreTextOnly() throws Exception {
    PageMesh mesh = open(3);
    mesh.problems =
        List.of(new Problem("<b>x</b>", "<img src=x onerror=document.title='owned'>", "<script>1"));
    await().atMost(PATIENCE).until(() -> text("#problems").contains("<b>x</b>"));
    assertThat(text("#problems")).contains("<img src=x onerror=document.title='owned'>");
    assertThat(all("#problems b, #problems img, #problems script")).isEmpty();
    assertThat(browser.getTitle()).doesNotContain("owned");
  }

  @Test
  void aHostIsChosenByKeyboardAndItsDetailsShown() throws Exception {
    open(8);
    WebElement host = all("svg .host[aria-label^=host-01]").get(0);
    host.sendKeys(Keys.ENTER);
    await().atMost(PATIENCE).until(() -> text("#details").contains("host-01"));
    assertThat(text("#details"))
        .contains(PageMesh.id(1), "192.168.200.2", "10.11.0.0/24 VNI 1000, stack app0")
        .contains("degraded, 1.8 ms, MTU 1342", "installed by vxlan1000");
    assertThat(browser.switchTo().activeElement().getDomAttribute("data-key"))
        .as("the focus stays where it was")
        .isEqualTo(PageMesh.id(1));
    browser.switchTo().activeElement().sendKeys(Keys.ENTER);
    await().atMost(PATIENCE).until(() -> text("#details").isEmpty());
  }

  @Test
  void twoHundredHostsAreClusteredByStateAndFound() throws Exception {
    open(200);
    assertThat(all("svg .tile")).hasSize(200);
    assertThat(all("svg .group").stream().map(WebElement::getText))
        .containsExactly(
            "failed: 1", "suspect: 1", "path degraded: 1", "restarting: 1", "alive: 196");
    browser.findElement(By.id("search")).sendKeys("host-42");
    assertThat(all("#hosts tbody tr")).hasSize(1);
    assertThat(all("svg .tile:not(.faded)")).hasSize(1);
    assertThat(text("#hosts tbody tr"))
        .startsWith("host-42 alive ok, 474 µs, MTU 1450 192.168.200.43 10.1.1.43")
        .contains("10.52.0.0/24")
        .endsWith("0.2.0");
    assertThat(all("#networks tbody tr")).hasSize(1);
    assertThat(text("#networks tbody tr"))
        .isEqualTo("10.52.0.0/24 1000 app0 app0_default host-42 advertised –");
    assertThat(text("#routes tbody tr"))
        .isEqualTo("10.52.0.0/24 1000 10.1.1.43 vxlan1000 host-42 installed");
  }

  @ParameterizedTest
  @CsvSource({"1200,light,3", "1200,dark,8", "360,light,8", "360,dark,40"})
  void fitsAndIsAccessible(int width, String scheme, int hosts) throws Exception {
    browser.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    browser.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", 800, "deviceScaleFactor", 1, "mobile", width < 600));
    try {
      PageMesh mesh = open(hosts);
      mesh.broken = 2;
      await().atMost(PATIENCE).until(() -> text("#verdict").startsWith("Unhealthy"));
      assertThat(browser.executeScript("return document.documentElement.scrollWidth"))
          .as("pixels wide")
          .asInstanceOf(LONG)
          .isLessThanOrEqualTo(width);
      assertThat(violations()).isEmpty();
      picture(width + "-" + scheme + "-" + hosts);
    } finally {
      browser.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
      browser.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("features", List.of()));
    }
  }

  @Test
  void nothingIsLoadedFromElsewhereAndThePolicyHolds() throws Exception {
    browser.manage().logs().get(LogType.BROWSER);
    open(8);
    assertThat(
            browser.executeScript(
                "return performance.getEntriesByType('resource').map(e => e.name)"
                    + ".filter(n => !n.startsWith(location.origin) && !n.startsWith('data:'))"))
        .isEqualTo(List.of());
    assertThat(browser.manage().logs().get(LogType.BROWSER).getAll()).isEmpty();
  }

  private static List<?> violations() throws Exception {
    try (InputStream in =
        Objects.requireNonNull(StatusPageIT.class.getResourceAsStream("/axe.min.js"))) {
      browser.executeScript(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
    Object found =
        browser.executeAsyncScript(
            "const done = arguments[0]; axe.run().then(r => done(r.violations.map(v => v.id + ': '"
                + " + v.nodes.map(n => n.html.slice(0, 120)).join(' | '))))");
    return (List<?>) Objects.requireNonNull(found);
  }

  private static void picture(String name) throws Exception {
    Path folder = Files.createDirectories(Path.of("target", "pages"));
    Map<String, Object> shot =
        browser.executeCdpCommand(
            "Page.captureScreenshot", Map.of("captureBeyondViewport", true, "format", "png"));
    byte[] png = Base64.getDecoder().decode((String) shot.get("data"));
    Files.write(folder.resolve(name + ".png"), png);
  }
}
