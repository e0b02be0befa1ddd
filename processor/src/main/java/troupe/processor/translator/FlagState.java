package troupe.processor.translator;

import java.lang.classfile.CodeBuilder;
import troupe.processor.semantics.Flags;

/**
 * What the emitter knows at one place of the code about the last operations that set flags: {@code
 * z} for zero, sign, parity and auxiliary carry, {@code c} for carry and {@code o} for overflow.
 */
record FlagState(Source z, Source c, Source o) {
  /**
   * An operation: operands and result as constants or local variables. Null where they do not
   * matter for the kind or, for the result of a subtraction, follow from the others. {@code
   * carriedIn} says that a carry took part.
   */
  record Source(int kind, Value a, Value b, Value r, boolean carriedIn) {
    Source(int kind, Value a, Value b, Value r) {
      this(kind, a, b, r, false);
    }

    /** Whether it is an operation, of which operands and result are known by name. */
    boolean known() {
      return this != DYNAMIC && this != HELD;
    }

    private boolean uses(Value slot) {
      return slot.equals(a) || slot.equals(b) || slot.equals(r);
    }
  }

  /** The value of an operand. */
  sealed interface Value {
    void push(CodeBuilder b);

    record Constant(int value) implements Value {
      @Override
      public void push(CodeBuilder b) {
        b.loadConstant(value);
      }
    }

    record Local(int slot) implements Value {
      @Override
      public void push(CodeBuilder b) {
        b.iload(slot);
      }
    }
  }

  /** In the local variables for flags of an unknown kind. */
  static final Source DYNAMIC = new Source(-3, null, null, null);

  /** In the processor. */
  static final Source HELD = new Source(LazyFlags.HELD, null, null, null);

  static final FlagState ALL_DYNAMIC = all(DYNAMIC);

  static final FlagState ALL_HELD = all(HELD);

  static FlagState all(Source source) {
    return new FlagState(source, source, source);
  }

  /** Whether a local variable belongs to it. */
  boolean uses(int slot) {
    Value local = new Value.Local(slot);
    return z.uses(local) || c.uses(local) || o.uses(local);
  }

  boolean uniform() {
    return z == c && z == o;
  }

  static boolean isIncrement(int kind) {
    return kind >= Flags.INC8 && kind <= Flags.DEC32;
  }

  static int size(int kind) {
    return switch (kind) {
      case Flags.ADD8, Flags.SUB8, Flags.LOGIC8, Flags.INC8, Flags.DEC8 -> 8;
      case Flags.ADD16, Flags.SUB16, Flags.LOGIC16, Flags.INC16, Flags.DEC16 -> 16;
      default -> 32;
    };
  }
}
