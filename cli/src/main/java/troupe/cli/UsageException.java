package troupe.cli;

/** Something that the user asked for cannot be. The message is one line. */
public final class UsageException extends Exception {
  private static final long serialVersionUID = 1L;

  public UsageException(String message) {
    super(message);
  }
}
