package troupe.processor.semantics;

import static troupe.processor.Processor.ECX;
import static troupe.processor.Processor.EDI;
import static troupe.processor.Processor.EDX;
import static troupe.processor.Processor.ES;
import static troupe.processor.Processor.ESI;

import troupe.processor.Processor;
import troupe.processor.decode.Insn;

/**
 * INS and OUTS. Memory is checked before the port is touched, since a port read cannot be undone.
 */
public final class StringIo {
  /** Steps of a repeated instruction between looks at interrupts: a disk sector. */
  private static final int STEPS = 256;

  private StringIo() {}

  public static void ins8(Processor c, Insn i) {
    ins(c, i, 1);
  }

  public static void ins(Processor c, Insn i) {
    ins(c, i, i.operand16 ? 2 : 4);
  }

  public static void outs8(Processor c, Insn i) {
    outs(c, i, 1);
  }

  public static void outs(Processor c, Insn i) {
    outs(c, i, i.operand16 ? 2 : 4);
  }

  private static int steps(Processor c, int count) {
    int most = c.singleStep() ? 1 : STEPS;
    return Integer.compareUnsigned(count, most) < 0 ? count : most;
  }

  private static void ins(Processor c, Insn i, int size) {
    int port = c.get16(EDX);
    int count = i.repeat == 0 ? 1 : Strings.count(c, i);
    int steps = steps(c, count);
    for (int done = 0; done < steps; done++) {
      Port.check(c, port, size);
      int offset = Strings.register(c, i, EDI);
      c.probeWrite(ES, offset, size);
      Strings.store(c, ES, offset, size, Port.read(c, port, size));
      Strings.advance(c, i, EDI, Strings.direction(c, size));
      if (i.repeat != 0) {
        Strings.advance(c, i, ECX, -1);
      }
    }
    if (steps != count) {
      Strings.again(c);
    }
  }

  private static void outs(Processor c, Insn i, int size) {
    int port = c.get16(EDX);
    int count = i.repeat == 0 ? 1 : Strings.count(c, i);
    int steps = steps(c, count);
    for (int done = 0; done < steps; done++) {
      Port.check(c, port, size);
      int value = Strings.load(c, i.segment, Strings.register(c, i, ESI), size);
      Port.write(c, port, size, value);
      Strings.advance(c, i, ESI, Strings.direction(c, size));
      if (i.repeat != 0) {
        Strings.advance(c, i, ECX, -1);
      }
    }
    if (steps != count) {
      Strings.again(c);
    }
  }
}
