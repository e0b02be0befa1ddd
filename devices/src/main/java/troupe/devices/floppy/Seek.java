package troupe.devices.floppy;

import troupe.devices.state.BadStateException;

/** The seek or recalibration of one drive: under way, finished and not yet asked for, or none. */
final class Seek {
  private static final long NEVER = Long.MAX_VALUE;

  private int target;

  /** ST0 that SENSE INTERRUPT STATUS will give for it. */
  private int st0;

  private long due;
  private boolean finished;

  Seek() {
    clear();
  }

  void clear() {
    target = 0;
    st0 = 0;
    due = NEVER;
    finished = false;
  }

  void start(int cylinder, int outcome, long at) {
    target = cylinder;
    st0 = outcome;
    due = at;
    finished = false;
  }

  boolean moving() {
    return due != NEVER;
  }

  boolean finished() {
    return finished;
  }

  /** When it ends, in nanoseconds since power-on; Long.MAX_VALUE if none is under way. */
  long due() {
    return due;
  }

  boolean dueBy(long now) {
    return due <= now && moving();
  }

  /** Ends it and tells where the heads have gone. */
  int finish() {
    due = NEVER;
    finished = true;
    return target;
  }

  int takeStatus() {
    finished = false;
    return st0;
  }

  State save() {
    return new State(target, st0, due, finished);
  }

  void restore(State state) throws BadStateException {
    if (state.due < 0) {
      throw new BadStateException("floppy: seek ends before power-on");
    }
    target = Math.clamp(state.target, 0, 0xFF);
    st0 = state.st0 & 0xFF;
    due = state.due;
    finished = state.finished;
  }

  /** Saved state. */
  record State(int target, int st0, long due, boolean finished) {}
}
