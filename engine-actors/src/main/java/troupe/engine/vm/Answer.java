package troupe.engine.vm;

/** What a request to a VM or the host came to. */
public sealed interface Answer {
  record Done() implements Answer {}

  /** One line that says why not. */
  record Refused(String reason) implements Answer {}

  Answer DONE = new Done();
}
