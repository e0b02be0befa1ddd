package troupe.cli;

import troupe.engine.vm.End;

/** What the process ends with. */
final class ExitStatus {
  /** The guest powered off, or reset under --no-reboot, or the script said quit. */
  static final int OK = 0;

  /** Usage or configuration. */
  static final int USAGE = 1;

  /** A script's wait timed out. */
  static final int TIMED_OUT = 3;

  /** The guest triple-faulted under --no-reboot, or its machine failed. */
  static final int FAILED = 4;

  /** --max-seconds passed. */
  static final int TOO_LONG = 5;

  private ExitStatus() {}

  static int of(End end) {
    return switch (end.cause()) {
      case POWERED_OFF, RESET, TURNED_OFF, SAVED -> OK;
      case EXIT_PORT -> (end.status() << 1 | 1) & 0xFF;
      case TRIPLE_FAULT, FAILED -> FAILED;
    };
  }
}
