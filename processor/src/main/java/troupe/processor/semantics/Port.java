package troupe.processor.semantics;

import static troupe.processor.Processor.EAX;
import static troupe.processor.Processor.EDX;

import troupe.processor.Processor;
import troupe.processor.decode.Insn;

/** IN and OUT. */
public final class Port {
  private Port() {}

  /** Checks the right to {@code size} ports, and breakpoints on them. */
  static void check(Processor c, int port, int size) {
    c.checkIo(port, size);
    c.debug.ioAccess(port, size);
  }

  static int read(Processor c, int port, int size) {
    return switch (size) {
      case 1 -> c.io.read8(port);
      case 2 -> c.io.read16(port);
      default -> c.io.read32(port);
    };
  }

  static void write(Processor c, int port, int size, int value) {
    switch (size) {
      case 1 -> c.io.write8(port, value & 0xFF);
      case 2 -> c.io.write16(port, value & 0xFFFF);
      default -> c.io.write32(port, value);
    }
  }

  private static void input(Processor c, int port, int size) {
    check(c, port, size);
    int value = read(c, port, size);
    switch (size) {
      case 1 -> c.set8(EAX, value);
      case 2 -> c.set16(EAX, value);
      default -> c.r[EAX] = value;
    }
  }

  private static void output(Processor c, int port, int size) {
    check(c, port, size);
    write(c, port, size, c.r[EAX]);
  }

  private static int size(Insn i) {
    return i.operand16 ? 2 : 4;
  }

  public static void in8(Processor c, Insn i) {
    input(c, c.get16(EDX), 1);
  }

  public static void in(Processor c, Insn i) {
    input(c, c.get16(EDX), size(i));
  }

  public static void in8Immediate(Processor c, Insn i) {
    input(c, i.immediate, 1);
  }

  public static void inImmediate(Processor c, Insn i) {
    input(c, i.immediate, size(i));
  }

  public static void out8(Processor c, Insn i) {
    output(c, c.get16(EDX), 1);
  }

  public static void out(Processor c, Insn i) {
    output(c, c.get16(EDX), size(i));
  }

  public static void out8Immediate(Processor c, Insn i) {
    output(c, i.immediate, 1);
  }

  public static void outImmediate(Processor c, Insn i) {
    output(c, i.immediate, size(i));
  }
}
