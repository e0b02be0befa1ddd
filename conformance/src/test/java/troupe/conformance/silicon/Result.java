package troupe.conformance.silicon;

import java.nio.ByteBuffer;

/**
 * What an instruction did.
 *
 * @param vector the exception it raised, or {@link #EXECUTED}
 * @param error the exception's error code
 * @param address linear address of a page fault
 * @param advance EIP afterwards, less the address of the instruction
 */
record Result(int vector, int error, int address, int advance, Image after) {
  /** No exception (the breakpoint behind the instruction was reached). */
  static final int EXECUTED = 3;

  static final int BYTES = 16 + Image.BYTES;

  static Result read(ByteBuffer from) {
    return new Result(from.getInt(), from.getInt(), from.getInt(), from.getInt(), Image.read(from));
  }
}
