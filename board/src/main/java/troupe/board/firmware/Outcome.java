package troupe.board.firmware;

/** What a call of the firmware came to. */
enum Outcome {
  /** The service is done: the stub returns to its caller. */
  DONE,
  /** The service waits: the stub halts until an interrupt, then calls again. */
  WAIT,
  /** The service waits for less than the next interrupt may take: the stub calls again at once. */
  POLL
}
