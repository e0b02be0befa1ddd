package troupe.engine.vm;

/** The buttons of a PS/2 mouse. */
public enum MouseButton {
  LEFT(1),
  RIGHT(2),
  MIDDLE(4);

  private final int bit;

  MouseButton(int bit) {
    this.bit = bit;
  }

  /** As {@link GuestMachine#mouse} wants it. */
  int bit() {
    return bit;
  }
}
