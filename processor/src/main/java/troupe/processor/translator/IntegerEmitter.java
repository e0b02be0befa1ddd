package troupe.processor.translator;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static troupe.processor.Processor.EAX;
import static troupe.processor.Processor.EBP;
import static troupe.processor.Processor.EDX;
import static troupe.processor.Processor.ESP;
import static troupe.processor.translator.RegionEmitter.GENERAL;
import static troupe.processor.translator.RegionEmitter.INTEGER;
import static troupe.processor.translator.RegionEmitter.TEMP;
import static troupe.processor.translator.RegionEmitter.VALUE;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import troupe.processor.Processor;
import troupe.processor.decode.Insn;
import troupe.processor.semantics.Bits;
import troupe.processor.semantics.Flags;
import troupe.processor.translator.FlagState.Source;
import troupe.processor.translator.FlagState.Value;

/**
 * Emits integer instructions: those whose meaning is bytecode, after {@link RegionEmitter} has
 * decided that they are.
 */
final class IntegerEmitter {
  private final RegionEmitter e;
  private final CodeBuilder b;
  private final FlagEmitter flags;
  private Insn insn;

  IntegerEmitter(RegionEmitter e, CodeBuilder b, FlagEmitter flags) {
    this.e = e;
    this.b = b;
    this.flags = flags;
  }

  void emit(Meaning m, Insn next) {
    insn = next;
    switch (m.form) {
      case PURE -> pure(m);
      case COMPARE -> compare(m);
      case STATEFUL -> stateful(m);
      case ACTION, RAW -> action(m);
    }
  }

  /** The value of an operand, which stays the same whatever is written later. */
  private Value operandValue(Meaning.Operand o) {
    if (o.letter().equals("I")) {
      return new Value.Constant(insn.immediate);
    }
    e.operand(o, false);
    return e.keep();
  }

  private Value targetValue(Meaning.Operand o) {
    e.operand(o, o.written());
    return e.keep();
  }

  private static int sized(int kind8, int bits) {
    return kind8 + (bits == 8 ? 0 : bits == 16 ? 1 : 2);
  }

  private static int kindOf(String name, int bits) {
    return sized(
        switch (name) {
          case "ADD" -> Flags.ADD8;
          case "SUB" -> Flags.SUB8;
          case "LOGIC" -> Flags.LOGIC8;
          default -> throw new AssertionError(name);
        },
        bits);
  }

  private int width(Meaning m) {
    return m.operands.get(0).width(e.bits());
  }

  private void pure(Meaning m) {
    Meaning.Operand target = m.operands.get(0);
    int width = width(m);
    if (m.kind == null) {
      // A move or a function of one value.
      Meaning.Operand source = m.operands.get(m.operands.size() - 1);
      boolean first = target.written() && Meaning.inMemory(target, insn);
      if (first) {
        e.memoryTarget(target);
      }
      if (m.operands.size() == 1 && first) {
        e.found();
        e.load(width);
      } else {
        e.operand(source, false);
      }
      if (!m.method.isEmpty()) {
        b.invokestatic(RegionEmitter.owner(m), m.method, MethodTypeDesc.of(CD_int, CD_int));
      }
      if (first) {
        e.storeFound(width);
      } else {
        e.store(target, width);
      }
      return;
    }
    MethodTypeDesc binary = MethodTypeDesc.of(CD_int, CD_int, CD_int);
    Meaning.Operand second = m.operands.get(1);
    if (!e.wants(Processor.ARITHMETIC)) {
      if (Meaning.inMemory(second, insn)) {
        Value v = operandValue(second);
        e.operand(target, true);
        v.push(b);
      } else {
        e.operand(target, true);
        e.operand(second, false);
      }
      b.invokestatic(RegionEmitter.owner(m), m.method, binary);
      e.storeResult(target, width);
      return;
    }
    Value a = targetValue(target);
    Value v = operandValue(second);
    a.push(b);
    v.push(b);
    b.invokestatic(RegionEmitter.owner(m), m.method, binary).dup();
    FlagEmitter.extend(b, width);
    Value r = e.keep();
    e.storeResult(target, width);
    flags.setAll(new Source(kindOf(m.kind, width), a, v, r));
  }

  private void compare(Meaning m) {
    int width = width(m);
    Value a = operandValue(m.operands.get(0));
    Value v = operandValue(m.operands.get(1));
    if (!e.wants(Processor.ARITHMETIC)) {
      return;
    }
    if (m.kind.equals("SUB")) {
      flags.setAll(new Source(kindOf("SUB", width), a, v, null));
      return;
    }
    a.push(b);
    v.push(b);
    b.invokestatic(RegionEmitter.owner(m), m.method, MethodTypeDesc.of(CD_int, CD_int, CD_int));
    FlagEmitter.extend(b, width);
    flags.setAll(new Source(kindOf(m.kind, width), null, null, e.keep()));
  }

  private void stateful(Meaning m) {
    Meaning.Operand target = m.operands.get(0);
    int width = width(m);
    switch (m.name) {
      case "Branch.set" -> {
        boolean memory = Meaning.inMemory(target, insn);
        if (memory) {
          e.memoryTarget(target);
        }
        flags.conditionValue(m.constant);
        if (memory) {
          e.storeFound(width);
        } else {
          e.store(target, width);
        }
      }
      case "Branch.cmov" -> {
        e.operand(m.operands.get(1), false);
        b.istore(VALUE);
        Label not = b.newLabel();
        flags.branchIf(m.constant ^ 1, not);
        b.iload(VALUE);
        e.store(target, width);
        b.labelBinding(not);
      }
      case "Alu.adc", "Alu.sbb" -> {
        boolean add = m.name.equals("Alu.adc");
        Value a = targetValue(target);
        Value v = operandValue(m.operands.get(1));
        a.push(b);
        v.push(b);
        if (add) {
          b.iadd();
        } else {
          b.isub();
        }
        flags.carry();
        if (add) {
          b.iadd();
        } else {
          b.isub();
        }
        resultWithFlags(target, width, add ? Flags.ADD8 : Flags.SUB8, a, v, true);
      }
      case "Alu.neg" -> {
        Value a = targetValue(target);
        a.push(b);
        b.ineg();
        resultWithFlags(target, width, Flags.SUB8, new Value.Constant(0), a);
      }
      case "Alu.inc", "Alu.dec" -> {
        boolean inc = m.name.equals("Alu.inc");
        e.operand(target, true);
        b.loadConstant(inc ? 1 : -1).iadd();
        b.dup();
        FlagEmitter.extend(b, width);
        Value r = e.keep();
        e.storeResult(target, width);
        if (e.wants(Processor.ARITHMETIC & ~Processor.CF)) {
          Source source = new Source(sized(inc ? Flags.INC8 : Flags.DEC8, width), null, null, r);
          flags.set(new FlagState(source, flags.state.c(), source));
        }
      }
      case "Alu.bswap" -> {
        e.operand(target, true);
        b.invokestatic(INTEGER, "reverseBytes", MethodTypeDesc.of(CD_int, CD_int));
        e.storeResult(target, width);
      }
      case "Shift.shl", "Shift.shr", "Shift.sar" -> {
        int count = Effects.count(m, insn);
        Value a = targetValue(target);
        a.push(b);
        if (m.method.equals("sar")) {
          FlagEmitter.extend(b, width);
        }
        b.loadConstant(count);
        int kind;
        switch (m.method) {
          case "shl" -> {
            b.ishl();
            kind = Flags.SHL8;
          }
          case "shr" -> {
            b.iushr();
            kind = Flags.SHR8;
          }
          default -> {
            b.ishr();
            kind = Flags.SAR8;
          }
        }
        resultWithFlags(target, width, kind, a, new Value.Constant(count));
      }
      case "Shift.rol", "Shift.ror" -> {
        boolean left = m.method.equals("rol");
        int count = Effects.count(m, insn);
        e.operand(target, true);
        // As shifts: a call of Integer.rotateLeft stays one where HotSpot takes the place for cold.
        b.dup();
        b.loadConstant(left ? count : 32 - count).ishl();
        b.swap();
        b.loadConstant(left ? 32 - count : count).iushr().ior();
        boolean wanted = e.wants(Processor.CF | Processor.OF);
        Value r = null;
        if (wanted) {
          b.dup();
          r = e.keep();
        }
        e.storeResult(target, width);
        if (wanted) {
          Source source = new Source(left ? Flags.ROL32 : Flags.ROR32, null, null, r);
          flags.set(new FlagState(flags.state.z(), source, source));
        }
      }
      case "Multiply.imulTruncated" -> {
        int first = m.operands.size() == 3 ? 1 : 0;
        Value a = operandValue(m.operands.get(first));
        Value v = operandValue(m.operands.get(first + 1));
        a.push(b);
        if (!e.wants(Processor.ARITHMETIC)) {
          v.push(b);
          b.imul();
          e.store(target, width);
          return;
        }
        b.i2l();
        v.push(b);
        b.i2l().lmul();
        product(Flags.IMUL32);
        b.iload(TEMP);
        e.store(target, width);
      }
      case "Bits.bsf", "Bits.bsr" -> {
        Value before = operandValue(target);
        Value v = operandValue(m.operands.get(1));
        before.push(b);
        v.push(b);
        b.invokestatic(
            RegionEmitter.desc(Bits.class),
            m.method.equals("bsf") ? "lowest" : "highest",
            MethodTypeDesc.of(CD_int, CD_int, CD_int));
        e.store(target, width);
        flags.setAll(new Source(Flags.LOGIC32, null, null, v));
      }
      default -> throw new AssertionError(m.name);
    }
  }

  /** Leaves the low half of the product on the stack in TEMP, and sets the flags from both. */
  private void product(int kind) {
    b.dup2().bipush(32).lushr().l2i();
    Value high = e.keep();
    b.l2i().dup().istore(TEMP);
    Value low = e.keep();
    flags.setAll(new Source(kind, high, null, low));
  }

  private void resultWithFlags(Meaning.Operand target, int width, int kind8, Value a, Value v) {
    resultWithFlags(target, width, kind8, a, v, false);
  }

  private void resultWithFlags(
      Meaning.Operand target, int width, int kind8, Value a, Value v, boolean carriedIn) {
    boolean wanted = e.wants(Processor.ARITHMETIC);
    Value r = null;
    if (wanted) {
      b.dup();
      FlagEmitter.extend(b, width);
      r = e.keep();
    }
    e.storeResult(target, width);
    if (wanted) {
      flags.setAll(new Source(sized(kind8, width), a, v, r, carriedIn));
    }
  }

  private void action(Meaning m) {
    switch (m.name) {
      case "Exchange.nop" -> {}
      case "Stack.push" -> {
        Value v = operandValue(m.operands.get(0));
        e.push(e.bits(), () -> v.push(b));
      }
      case "Stack.pushSegment" -> e.pushSegment(m.constant);
      case "Stack.pushf" -> e.pushFlags();
      case "Stack.popf" -> e.popFlags();
      case "Stack.popRegister" -> {
        e.pop(e.bits(), 0);
        b.iload(VALUE);
        e.writeRegister(insn.reg, e.bits());
      }
      case "Stack.leave" -> {
        e.checkStack(EBP, 0, e.bits(), false);
        e.found();
        e.load(e.bits());
        b.istore(VALUE);
        e.readRegister(EBP, e.stack32() ? 32 : 16);
        b.loadConstant(e.bits() / 8).iadd();
        e.writeRegister(ESP, e.stack32() ? 32 : 16);
        b.iload(VALUE);
        e.writeRegister(EBP, e.bits());
      }
      case "Alu.cbw" -> {
        b.iload(GENERAL + EAX);
        if (insn.operand16) {
          b.i2b();
        } else {
          b.i2s();
        }
        e.writeRegister(EAX, e.bits());
      }
      case "Alu.cwd" -> {
        b.iload(GENERAL + EAX);
        if (insn.operand16) {
          b.i2s();
        }
        b.bipush(31).ishr();
        e.writeRegister(EDX, e.bits());
      }
      case "Multiply.mul", "Multiply.imul" -> {
        boolean signed = m.method.equals("imul");
        Value v = operandValue(m.operands.get(0));
        b.iload(GENERAL + EAX).i2l();
        e.unsign(signed);
        v.push(b);
        b.i2l();
        e.unsign(signed);
        b.lmul().dup2().bipush(32).lushr().l2i();
        e.writeRegister(EDX, 32);
        b.l2i();
        e.writeRegister(EAX, 32);
        if (e.wants(Processor.ARITHMETIC)) {
          b.iload(GENERAL + EDX);
          Value high = e.keep();
          b.iload(GENERAL + EAX);
          Value low = e.keep();
          flags.setAll(new Source(signed ? Flags.IMUL32 : Flags.MUL32, high, null, low));
        }
      }
      case "Multiply.div", "Multiply.idiv" -> divide(m);
      case "Exchange.xchgAccumulator" -> swap(EAX, insn.reg, e.bits());
      case "Exchange.xchg" -> exchange(e.bits());
      case "Exchange.xchg8" -> exchange(8);
      case "FlagControl.cli" -> e.disableInterrupts();
      case "FlagControl.sti" -> e.enableInterrupts();
      case "FlagControl.clc", "FlagControl.stc" -> {
        int carry = m.method.equals("stc") ? 1 : 0;
        setCarry(new Value.Constant(carry));
      }
      case "FlagControl.cmc" -> {
        flags.carry();
        b.iconst_1().ixor();
        setCarry(e.keep());
      }
      default -> bit(m);
    }
  }

  private void setCarry(Value carry) {
    if (e.wants(Processor.CF)) {
      flags.set(
          new FlagState(
              flags.state.z(),
              new Source(Flags.GIVEN, carry, new Value.Constant(0), carry),
              flags.state.o()));
    }
  }

  private void bit(Meaning m) {
    boolean immediate = m.method.endsWith("Immediate");
    String operation = immediate ? m.method.replace("Immediate", "") : m.method;
    if (immediate) {
      b.loadConstant(insn.immediate & 31);
    } else {
      b.iload(GENERAL + insn.reg);
      b.bipush(31).iand();
    }
    Value number = e.keep();
    boolean test = operation.equals("bt");
    boolean memory = insn.rm < 0;
    if (memory) {
      e.checkOperand(32, !test);
      e.found();
      e.load(32);
    } else {
      b.iload(GENERAL + insn.rm);
    }
    Value before = e.keep();
    before.push(b);
    number.push(b);
    b.iushr().iconst_1().iand();
    Value carry = e.keep();
    if (!test) {
      before.push(b);
      b.iconst_1();
      number.push(b);
      b.ishl();
      switch (operation) {
        case "bts" -> b.ior();
        case "btr" -> b.iconst_m1().ixor().iand();
        default -> b.ixor();
      }
      if (memory) {
        e.storeFound(32);
      } else {
        e.writeRegister(insn.rm, 32);
      }
    }
    setCarry(carry);
  }

  private void swap(int first, int second, int bits) {
    e.readRegister(first, bits);
    e.readRegister(second, bits);
    e.writeRegister(first, bits);
    e.writeRegister(second, bits);
  }

  private void exchange(int bits) {
    if (insn.rm >= 0) {
      swap(insn.rm, insn.reg, bits);
      return;
    }
    e.checkOperand(bits, true);
    e.found();
    e.load(bits);
    b.istore(VALUE);
    e.found();
    e.readRegister(insn.reg, bits);
    e.storeAt(bits);
    b.iload(VALUE);
    e.writeRegister(insn.reg, bits);
  }

  /** Division that would fault is left to the interpreter. */
  private void divide(Meaning m) {
    Value v = operandValue(m.operands.get(0));
    v.push(b);
    b.ifeq(e.miss());
    int divisor = e.localPair();
    int dividend = e.localPair();
    int quotient = e.localPair();
    b.iload(GENERAL + EDX).i2l().bipush(32).lshl();
    b.iload(GENERAL + EAX).i2l();
    e.unsign(false);
    b.lor().lstore(dividend);
    v.push(b);
    b.i2l();
    if (m.method.equals("div")) {
      e.unsign(false);
      b.lstore(divisor);
      // The quotient fits if the high half is less than the divisor.
      b.iload(GENERAL + EDX).i2l();
      e.unsign(false);
      b.lload(divisor).lcmp().ifge(e.miss());
      MethodTypeDesc two = MethodTypeDesc.of(CD_long, CD_long, CD_long);
      ClassDesc type = ClassDesc.of("java.lang.Long");
      b.lload(dividend).lload(divisor).invokestatic(type, "divideUnsigned", two).lstore(quotient);
    } else {
      b.lstore(divisor);
      b.lload(dividend).lload(divisor).ldiv().lstore(quotient);
      b.lload(quotient).l2i().i2l().lload(quotient).lcmp().ifne(e.miss());
    }
    b.lload(quotient).l2i();
    e.writeRegister(EAX, 32);
    b.lload(dividend).lload(quotient).lload(divisor).lmul().lsub().l2i();
    e.writeRegister(EDX, 32);
  }
}
