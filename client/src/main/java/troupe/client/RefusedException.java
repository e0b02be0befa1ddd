package troupe.client;

/** The daemon has refused a request; the message is its reason, one line. */
public final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public RefusedException(String reason) {
    super(reason);
  }
}
