package troupe.engine.vm;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Optional;

/** Says what is known of a failure of our own, for the event log. */
public final class FailureReport {
  private static final int FRAMES = 12;

  private FailureReport() {}

  /** What is known when there is no machine that could be asked. */
  public static String of(String part, Throwable failure) {
    return of(part, failure, Optional.empty());
  }

  /** The first line names the part and the failure; more lines say where. */
  static String of(String part, Throwable failure, Optional<GuestMachine> machine) {
    try {
      StringWriter text = new StringWriter();
      PrintWriter out = new PrintWriter(text);
      out.printf("%s failed: %s%n", part, oneLine(failure));
      machine.ifPresent(built -> out.printf("  guest: %s%n", describe(built)));
      StackTraceElement[] trace = failure.getStackTrace();
      for (int i = 0; i < Math.min(FRAMES, trace.length); i++) {
        out.printf("  at %s%n", trace[i]);
      }
      if (trace.length > FRAMES) {
        out.printf("  and %d more%n", trace.length - FRAMES);
      }
      return text.toString().stripTrailing();
    } catch (OutOfMemoryError e) {
      return "out of memory";
    }
  }

  static String oneLine(Throwable failure) {
    String message = failure.getMessage();
    String kind = failure.getClass().getSimpleName();
    return message == null ? kind : kind + ": " + message.lines().findFirst().orElse("");
  }

  /** The machine is in an unknown state: asking it may fail too. */
  static String describe(GuestMachine machine) {
    try {
      return machine.describe();
    } catch (RuntimeException | StackOverflowError e) {
      return "unknown, as describing it failed too: " + oneLine(e);
    }
  }
}
