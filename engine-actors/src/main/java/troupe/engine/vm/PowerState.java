package troupe.engine.vm;

/** What a VM is doing. The numbers of the states are those of the interface that Troupe follows. */
public enum PowerState {
  TURNED_OFF(1),
  /** Off, and what was running can be restored. */
  SAVED(2),
  TURNING_ON(3),
  RESTORING(4),
  RUNNING(5),
  PAUSED(6),
  SAVING(7),
  TURNING_OFF(8),
  /** It is being removed; its files stay. */
  DELETE_MACHINE(10);

  private final int number;

  PowerState(int number) {
    this.number = number;
  }

  public int number() {
    return number;
  }

  /** Whether there is a PC: it runs, or could. */
  public boolean isOn() {
    return switch (this) {
      case RUNNING, PAUSED, SAVING -> true;
      case TURNED_OFF, SAVED, TURNING_ON, RESTORING, TURNING_OFF, DELETE_MACHINE -> false;
    };
  }
}
