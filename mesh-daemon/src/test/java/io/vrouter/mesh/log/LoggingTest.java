package io.vrouter.mesh.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class LoggingTest {
  @Test
  void oneLineWhateverTheMessageHolds() {
    LoggerContext context = new LoggerContext();
    new Logging().configure(context);
    ConsoleAppender<ILoggingEvent> appender =
        (ConsoleAppender<ILoggingEvent>) context.getLogger("ROOT").iteratorForAppenders().next();
    LoggingEvent event =
        new LoggingEvent(
            LoggingTest.class.getName(),
            context.getLogger("io.vrouter.Test"),
            Level.INFO,
            "a\nb\r\n\u001b[2Jc",
            new IllegalStateException("boom\nbang"),
            null);

    String line = new String(appender.getEncoder().encode(event), StandardCharsets.UTF_8);

    assertThat(line)
        .endsWith("\n")
        .contains("a | b | [2Jc | java.lang.IllegalStateException: boom | bang");
    assertThat(line.strip()).doesNotContain("\n").doesNotContain("\u001b");
    assertThat(appender.getTarget()).isEqualTo("System.err");
  }

  @Test
  void jsonIsOneObjectPerLine() throws Exception {
    LoggerContext context = new LoggerContext();
    LoggingEvent event =
        new LoggingEvent(
            LoggingTest.class.getName(),
            context.getLogger("io.vrouter.Test"),
            Level.WARN,
            "a\nb {}",
            new IllegalStateException("boom"),
            new Object[] {7});
    byte[] octets = Logging.appender(context, Logging.json()).getEncoder().encode(event);
    String line = new String(octets, StandardCharsets.UTF_8);
    assertThat(line.strip()).doesNotContain("\n");
    JsonNode json = new ObjectMapper().readTree(line);
    assertThat(json.path("level").asText()).isEqualTo("WARN");
    assertThat(json.path("formattedMessage").asText()).isEqualTo("a\nb 7");
    assertThat(json.path("loggerName").asText()).isEqualTo("io.vrouter.Test");
    assertThat(json.path("throwable").path("message").asText()).isEqualTo("boom");
  }

  @Test
  void othersWarnOnly() {
    LoggerContext context = new LoggerContext();
    new Logging().configure(context);
    assertThat(context.getLogger("org.jgroups.protocols.UDP").getEffectiveLevel())
        .isEqualTo(Level.WARN);
    assertThat(Logging.quieter(Level.TRACE)).isEqualTo(Level.DEBUG);
    assertThat(Logging.quieter(Level.DEBUG)).isEqualTo(Level.WARN);
    assertThat(Logging.quieter(Level.ERROR)).isEqualTo(Level.ERROR);
  }

  @Test
  void logbackFindsIt() {
    assertThat(ServiceLoader.load(ch.qos.logback.classic.spi.Configurator.class))
        .anyMatch(Logging.class::isInstance);
  }
}
