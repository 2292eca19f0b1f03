package io.vrouter.mesh.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.EncoderBase;
import ch.qos.logback.core.spi.ContextAwareBase;
import io.vrouter.mesh.config.LogFormat;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import org.slf4j.LoggerFactory;

/**
 * Logs to standard error, one line an event whatever the message or stack trace contains, at the
 * level of {@code MESH_LOG}. Found by logback as a service; in code because parsing XML costs the
 * start more than all our classes.
 */
public final class Logging extends ContextAwareBase implements Configurator {
  private static final Set<String> LEVELS = Set.of("ERROR", "WARN", "INFO", "DEBUG", "TRACE");
  private static final String PATTERN =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSS'Z', UTC} %-5level %logger{0}:"
          + " %replace(%replace(%msg%n%ex{12}){'\\s+$', ''}){'[\\r"
          + "\\n"
          + "\\u0085\\u2028\\u2029\\x1b]+\\s*', ' | '}%nopex%n";

  /** Called by logback. */
  public Logging() {}

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    if (System.getProperty("logback.configurationFile") != null) {
      return ExecutionStatus.INVOKE_NEXT_IF_ANY;
    }
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.addAppender(appender(context, text()));
    String wanted = System.getenv().getOrDefault("MESH_LOG", "").strip();
    String level = wanted.isEmpty() ? "INFO" : wanted.toUpperCase(Locale.ROOT);
    boolean known = LEVELS.contains(level);
    level(context, Level.toLevel(known ? level : "INFO"));
    if (!known) {
      root.warn(
          "MESH_LOG '{}' is no level: error, warn, info, debug or trace; info is used", wanted);
    }
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /** The form of all later lines. */
  public static void format(LogFormat format) {
    if (format == LogFormat.JSON
        && LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
      Appender<ILoggingEvent> json = appender(context, json());
      root.detachAndStopAllAppenders();
      root.addAppender(json);
    }
  }

  static ConsoleAppender<ILoggingEvent> appender(
      LoggerContext context, EncoderBase<ILoggingEvent> encoder) {
    encoder.setContext(context);
    encoder.start();
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(context);
    appender.setTarget("System.err");
    appender.setEncoder(encoder);
    appender.start();
    return appender;
  }

  private static EncoderBase<ILoggingEvent> text() {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setCharset(StandardCharsets.UTF_8);
    encoder.setPattern(PATTERN);
    return encoder;
  }

  static EncoderBase<ILoggingEvent> json() {
    JsonEncoder encoder = new JsonEncoder();
    encoder.setWithSequenceNumber(false);
    encoder.setWithNanoseconds(false);
    encoder.setWithContext(false);
    encoder.setWithMarkers(false);
    encoder.setWithMDC(false);
    encoder.setWithKVPList(false);
    encoder.setWithArguments(false);
    encoder.setWithMessage(false);
    encoder.setWithFormattedMessage(true);
    return encoder;
  }

  /** The level of our own packages. */
  static String level() {
    return LoggerFactory.getILoggerFactory() instanceof LoggerContext context
        ? String.valueOf(context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).getLevel())
            .toLowerCase(Locale.ROOT)
        : "info";
  }

  /**
   * Sets the level of our packages, and with it the libraries'.
   *
   * @return whether there is such a level
   */
  static boolean level(String level) {
    String name = level.toUpperCase(Locale.ROOT);
    if (!LEVELS.contains(name)) {
      return false;
    }
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      level(context, Level.toLevel(name));
    }
    return true;
  }

  private static void level(LoggerContext context, Level level) {
    context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(level);
    // their INFO concerns their internals; their warnings concern the operator
    context.getLogger("org.jgroups").setLevel(quieter(level));
    context.getLogger("org.eclipse.jetty").setLevel(quieter(level));
    context.getLogger("com.github.dockerjava").setLevel(quieter(level));
  }

  /** Level of libraries: WARN or quieter, but DEBUG when ours is TRACE. */
  static Level quieter(Level ours) {
    return ours.levelInt <= Level.TRACE_INT
        ? Level.DEBUG
        : Level.toLevel(Math.max(ours.levelInt, Level.WARN_INT));
  }
}
