package troupe.board;

/** Why {@link Machine#run} came back. */
public sealed interface RunEnd {
  /** The budget is used up. */
  record Budget() implements RunEnd {}

  /** {@link Machine#requestAttention} was called, or a sink of a port log is full. */
  record Attention() implements RunEnd {}

  /** The guest waits for an interrupt; see {@link Machine#hostNanosToAlarm}. */
  record Halted() implements RunEnd {}

  /** The guest switched the PC off. */
  record PoweredOff() implements RunEnd {}

  /** The guest asked for a reset of the PC, which has not been done. */
  record ResetRequested() implements RunEnd {}

  /** The processor shut down; only a reset brings it back. */
  record TripleFault() implements RunEnd {}

  /** The guest wrote {@code value} to the exit port. */
  record ExitPort(int value) implements RunEnd {}
}
