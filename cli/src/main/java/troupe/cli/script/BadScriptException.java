package troupe.cli.script;

/** A script that cannot be read. The message is one line: file, line and reason. */
public final class BadScriptException extends Exception {
  private static final long serialVersionUID = 1L;

  BadScriptException(String name, int line, String reason) {
    super("%s:%d: %s".formatted(name, line, reason));
  }
}
