package troupe.devices.bus;

/**
 * A line that several sources drive: high while any of them is. Each takes one {@link #input}.
 * Levels are not saved: sources drive them again when they are restored.
 */
public final class WiredOr {
  private final Wire output;
  private int high;

  public WiredOr(Wire output) {
    this.output = output;
  }

  /** A new source, low. */
  public Wire input() {
    return new Input();
  }

  private final class Input implements Wire {
    private boolean level;

    @Override
    public void set(boolean level) {
      if (level != this.level) {
        this.level = level;
        high += level ? 1 : -1;
        output.set(high != 0);
      }
    }
  }
}
