package troupe.processor.translator;

import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.function.IntConsumer;
import troupe.processor.Processor;
import troupe.processor.semantics.Flags;
import troupe.processor.translator.FlagState.Source;
import troupe.processor.translator.FlagState.Value;

/**
 * Emits what has to do with the arithmetic flags. They are not computed but remembered as the
 * operation that set them, in {@link #state}. Where ways with different operations meet the
 * processor has them ({@link FlagState#HELD}); but where one of the ways is that of a loop, local
 * variables hold which it was ({@link FlagState#DYNAMIC}): HotSpot's compilers take longer for
 * these, and a loop for storing them in each turn.
 */
final class FlagEmitter {
  private static final ClassDesc LAZY = RegionEmitter.desc(LazyFlags.class);
  private static final ClassDesc FLAGS = RegionEmitter.desc(Flags.class);
  private static final ClassDesc PROCESSOR = RegionEmitter.desc(Processor.class);
  private static final ClassDesc INTEGER = ClassDesc.of("java.lang.Integer");
  private static final MethodTypeDesc FLAG4 =
      MethodTypeDesc.of(CD_int, CD_int, CD_int, CD_int, CD_int);
  private static final int C = RegionEmitter.C;
  private static final int FK = RegionEmitter.FK;
  private static final int CK = RegionEmitter.CK;
  private static final int VALUE = RegionEmitter.VALUE;
  private static final int CARRY_OUT = RegionEmitter.CARRY_OUT;
  private static final int OVERFLOW_OUT = RegionEmitter.OVERFLOW_OUT;

  private final CodeBuilder b;

  /** Whether the carry may have been set by itself somewhere. */
  private final boolean carryApart;

  /** What is known of the flags at the place being emitted. */
  FlagState state = FlagState.ALL_HELD;

  /** The processor has them as they are. */
  boolean stored;

  FlagEmitter(CodeBuilder b, boolean carryApart) {
    this.b = b;
    this.carryApart = carryApart;
  }

  /** A basic block begins. */
  void begin(FlagState known) {
    state = known;
    stored = known == FlagState.ALL_HELD;
  }

  void setAll(Source source) {
    set(FlagState.all(source));
  }

  void set(FlagState next) {
    state = next;
    stored = false;
  }

  /** Gives the local variables for flags of an unknown kind their first values. */
  void prologue() {
    setDynamic(FK, FlagState.HELD);
    b.loadConstant(LazyFlags.SAME).istore(CK);
    for (int n = 1; n < 4; n++) {
      b.iconst_0().istore(CK + n);
    }
  }

  /** The processor has them. */
  void held() {
    begin(FlagState.ALL_HELD);
  }

  /** Sets all arithmetic flags to those on the stack, in their places in EFLAGS. */
  void given() {
    b.istore(VALUE);
    b.aload(C).iload(VALUE);
    b.invokevirtual(PROCESSOR, "setAllArithmetic", MethodTypeDesc.of(CD_void, CD_int));
    held();
  }

  /** Sign-extends the result of an operation of {@code width} bits. */
  static void extend(CodeBuilder b, int width) {
    if (width == 8) {
      b.i2b();
    } else if (width == 16) {
      b.i2s();
    }
  }

  private void flagArguments(Source s) {
    b.loadConstant(s.kind());
    pushOrZero(s.a());
    pushOrZero(s.b());
    result(s);
  }

  /** Pushes the sign-extended result of an operation. */
  private void result(Source s) {
    if (s.r() != null) {
      s.r().push(b);
      return;
    }
    s.a().push(b);
    s.b().push(b);
    b.isub();
    extend(b, FlagState.size(s.kind()));
  }

  /** Pushes the carry flag as 0 or 1. */
  void carry() {
    Source s = state.c();
    if (s == FlagState.DYNAMIC) {
      callWithDynamic("carry", CD_int);
    } else if (s == FlagState.HELD) {
      b.aload(C).invokevirtual(PROCESSOR, "carry", MethodTypeDesc.of(CD_int));
    } else if (s.kind() == Flags.GIVEN) {
      s.a().push(b);
    } else {
      flagArguments(s);
      b.invokestatic(FLAGS, "carry", FLAG4);
    }
  }

  void overflow() {
    Source s = state.o();
    if (s == FlagState.DYNAMIC) {
      b.aload(C).iload(FK).iload(FK + 1).iload(FK + 2).iload(FK + 3);
      b.invokestatic(
          LAZY,
          "overflow",
          MethodTypeDesc.ofDescriptor("(" + PROCESSOR.descriptorString() + "IIII)I"));
    } else if (s == FlagState.HELD) {
      b.aload(C).invokevirtual(PROCESSOR, "overflow", MethodTypeDesc.of(CD_boolean));
    } else {
      flagArguments(s);
      b.invokestatic(FLAGS, "overflow", FLAG4);
    }
  }

  /** Pushes zero, sign or parity flag as 0 or 1. */
  private void fromResult(String flag) {
    Source s = state.z();
    if (s == FlagState.DYNAMIC) {
      b.aload(C).iload(FK).iload(FK + 3);
      b.invokestatic(
          LAZY, flag, MethodTypeDesc.ofDescriptor("(" + PROCESSOR.descriptorString() + "II)I"));
      return;
    }
    if (s == FlagState.HELD) {
      b.aload(C).invokevirtual(PROCESSOR, flag, MethodTypeDesc.of(CD_boolean));
      return;
    }
    switch (flag) {
      case "zero" -> {
        result(s);
        Label yes = b.newLabel();
        Label done = b.newLabel();
        b.ifeq(yes).iconst_0().goto_(done).labelBinding(yes).iconst_1().labelBinding(done);
      }
      case "sign" -> {
        result(s);
        b.bipush(31).iushr();
      }
      default -> {
        result(s);
        b.invokestatic(FLAGS, "parity", MethodTypeDesc.of(CD_int, CD_int));
      }
    }
  }

  void conditionValue(int tttn) {
    Label yes = b.newLabel();
    Label done = b.newLabel();
    branchIf(tttn, yes);
    b.iconst_0().goto_(done).labelBinding(yes).iconst_1().labelBinding(done);
  }

  /** Branches if condition tttn holds. */
  void branchIf(int tttn, Label to) {
    boolean not = (tttn & 1) != 0;
    int condition = tttn >>> 1;
    Source z = state.z();
    boolean known = z.known();
    if (known
        && state.uniform()
        && isSubtraction(z.kind())
        && compareBranch(z, condition, not, to)) {
      return;
    }
    if (known && condition == 2 || known && condition == 4) {
      result(z);
      branch(condition == 2 ? "eq" : "lt", not, to);
      return;
    }
    boolean logic =
        known
            && state.uniform()
            && (z.kind() == Flags.LOGIC8 || z.kind() == Flags.LOGIC16 || z.kind() == Flags.LOGIC32);
    if (logic && condition != 5) {
      // Carry and overflow are clear.
      switch (condition) {
        case 0, 1 -> {
          if (not) {
            b.goto_(to);
          }
        }
        case 3 -> {
          result(z);
          branch("eq", not, to);
        }
        case 6 -> {
          result(z);
          branch("lt", not, to);
        }
        default -> {
          result(z);
          branch("le", not, to);
        }
      }
      return;
    }
    switch (condition) {
      case 0 -> overflow();
      case 1 -> carry();
      case 2 -> fromResult("zero");
      case 3 -> {
        carry();
        fromResult("zero");
        b.ior();
      }
      case 4 -> fromResult("sign");
      case 5 -> fromResult("parity");
      case 6 -> {
        fromResult("sign");
        overflow();
        b.ixor();
      }
      default -> {
        fromResult("sign");
        overflow();
        b.ixor();
        fromResult("zero");
        b.ior();
      }
    }
    branch("ne", not, to);
  }

  private static boolean isSubtraction(int kind) {
    return kind >= Flags.SUB8 && kind <= Flags.SUB32;
  }

  /** Branches on the comparison with zero of the value on the stack. */
  private void branch(String comparison, boolean not, Label to) {
    switch (comparison) {
      case "eq" -> {
        if (not) {
          b.ifne(to);
        } else {
          b.ifeq(to);
        }
      }
      case "ne" -> {
        if (not) {
          b.ifeq(to);
        } else {
          b.ifne(to);
        }
      }
      case "lt" -> {
        if (not) {
          b.ifge(to);
        } else {
          b.iflt(to);
        }
      }
      default -> {
        if (not) {
          b.ifgt(to);
        } else {
          b.ifle(to);
        }
      }
    }
  }

  /** After a subtraction without a borrow before it, conditions compare the operands. */
  private boolean compareBranch(Source s, int condition, boolean not, Label to) {
    if (s.r() != null && (condition == 2 || condition == 4) || s.carriedIn()) {
      return false;
    }
    int size = FlagState.size(s.kind());
    IntConsumer operands =
        signed -> {
          s.a().push(b);
          if (signed != 0) {
            extend(b, size);
          }
          s.b().push(b);
          if (signed != 0) {
            extend(b, size);
          }
        };
    switch (condition) {
      case 1, 3 -> {
        operands.accept(0);
        if (size == 32) {
          b.invokestatic(INTEGER, "compareUnsigned", MethodTypeDesc.of(CD_int, CD_int, CD_int));
          branch(condition == 1 ? "lt" : "le", not, to);
        } else if (condition == 1) {
          compare("lt", not, to);
        } else {
          compare("le", not, to);
        }
      }
      case 2 -> {
        operands.accept(0);
        compare("eq", not, to);
      }
      case 6, 7 -> {
        operands.accept(1);
        compare(condition == 6 ? "lt" : "le", not, to);
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private void compare(String comparison, boolean not, Label to) {
    switch (comparison) {
      case "eq" -> {
        if (not) {
          b.if_icmpne(to);
        } else {
          b.if_icmpeq(to);
        }
      }
      case "lt" -> {
        if (not) {
          b.if_icmpge(to);
        } else {
          b.if_icmplt(to);
        }
      }
      default -> {
        if (not) {
          b.if_icmpgt(to);
        } else {
          b.if_icmple(to);
        }
      }
    }
  }

  /** Puts flags into the local variables for flags of an unknown kind. */
  void makeDynamic(FlagState flags) {
    if (flags.uniform()) {
      if (flags.z() != FlagState.DYNAMIC) {
        setDynamic(FK, flags.z());
        carryTogether();
      }
    } else if (flags.o() != flags.z()) {
      store(flags);
      setDynamic(FK, FlagState.HELD);
      carryTogether();
    } else {
      if (flags.c() != FlagState.DYNAMIC) {
        setDynamic(CK, flags.c());
      } else {
        Label apart = b.newLabel();
        b.iload(CK).loadConstant(LazyFlags.SAME).if_icmpne(apart);
        for (int n = 0; n < 4; n++) {
          b.iload(FK + n).istore(CK + n);
        }
        b.labelBinding(apart);
      }
      if (flags.z() != FlagState.DYNAMIC) {
        setDynamic(FK, flags.z());
      }
    }
  }

  private void carryTogether() {
    if (carryApart) {
      b.loadConstant(LazyFlags.SAME).istore(CK);
    }
  }

  private void setDynamic(int kind, Source s) {
    b.loadConstant(s.kind()).istore(kind);
    pushOrZero(s.a());
    b.istore(kind + 1);
    pushOrZero(s.b());
    b.istore(kind + 2);
    if (s.known()) {
      result(s);
    } else {
      b.iconst_0();
    }
    b.istore(kind + 3);
  }

  private void pushOrZero(Value value) {
    if (value == null) {
      b.iconst_0();
    } else {
      value.push(b);
    }
  }

  /** Hands the flags to the processor, if it does not have them. */
  void store() {
    if (!stored) {
      store(state);
      stored = true;
    }
  }

  /** Hands flags to the processor. What was known of them holds as before. */
  void store(FlagState flags) {
    FlagState now = state;
    state = flags;
    boolean increment = flags.o() == flags.z() && FlagState.isIncrement(flags.z().kind());
    if (flags.uniform()) {
      storeOperation(flags.z());
    } else if (increment) {
      b.aload(C).loadConstant(flags.z().kind()).iconst_0();
      carry();
      result(flags.z());
      storeFlags();
    } else {
      carry();
      b.istore(CARRY_OUT);
      overflow();
      b.istore(OVERFLOW_OUT);
      storeOperation(flags.z());
      b.aload(C).iload(CARRY_OUT).iload(OVERFLOW_OUT);
      b.invokestatic(LAZY, "storeThree", MethodTypeDesc.of(CD_void, PROCESSOR, CD_int, CD_int));
    }
    state = now;
  }

  private void storeOperation(Source s) {
    if (s == FlagState.DYNAMIC) {
      callWithDynamic("store", CD_void);
    } else if (s != FlagState.HELD) {
      b.aload(C);
      flagArguments(s);
      storeFlags();
    }
  }

  /** Calls a method of LazyFlags with the local variables for flags of an unknown kind. */
  private void callWithDynamic(String method, ClassDesc result) {
    b.aload(C);
    for (int n = FK; n < CK + 4; n++) {
      b.iload(n);
    }
    b.invokestatic(
        LAZY,
        method,
        MethodTypeDesc.ofDescriptor(
            "(" + PROCESSOR.descriptorString() + "IIIIIIII)" + result.descriptorString()));
  }

  private void storeFlags() {
    b.invokevirtual(PROCESSOR, "flags", MethodTypeDesc.of(CD_void, CD_int, CD_int, CD_int, CD_int));
  }
}
