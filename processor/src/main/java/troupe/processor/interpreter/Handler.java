package troupe.processor.interpreter;

import troupe.processor.Processor;
import troupe.processor.decode.Insn;

/** The interpreter's code for one row and operand form of the instruction table. */
public abstract class Handler {
  /** Executes {@code i} on {@code c}; {@code c.eip} already points past the instruction. */
  public abstract void run(Processor c, Insn i);
}
