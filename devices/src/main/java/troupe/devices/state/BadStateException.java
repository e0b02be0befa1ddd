package troupe.devices.state;

/** A saved state that cannot be restored: truncated, of another machine, or out of range. */
public final class BadStateException extends Exception {
  private static final long serialVersionUID = 1L;

  public BadStateException(String message) {
    super(message);
  }
}
