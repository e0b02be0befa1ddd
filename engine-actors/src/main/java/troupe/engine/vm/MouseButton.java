package troupe.engine.vm;

/** The buttons of a PS/2 mouse. */
public enum MouseButton {
  LEFT,
  RIGHT,
  MIDDLE
}
