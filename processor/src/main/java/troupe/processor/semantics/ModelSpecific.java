package troupe.processor.semantics;

import static troupe.processor.Processor.CR4_PCE;
import static troupe.processor.Processor.CR4_TSD;
import static troupe.processor.Processor.EAX;
import static troupe.processor.Processor.EBX;
import static troupe.processor.Processor.ECX;
import static troupe.processor.Processor.EDX;

import troupe.processor.Processor;
import troupe.processor.decode.Insn;

/** CPUID, the time-stamp counter and model-specific registers. */
public final class ModelSpecific {
  private ModelSpecific() {}

  public static void cpuid(Processor c, Insn i) {
    int[] leaf = c.model.cpuid(c.r[EAX], c.r[ECX]);
    c.r[EAX] = leaf[0];
    c.r[EBX] = leaf[1];
    c.r[ECX] = leaf[2];
    c.r[EDX] = leaf[3];
  }

  private static void set64(Processor c, long value) {
    c.r[EAX] = (int) value;
    c.r[EDX] = (int) (value >>> 32);
  }

  public static void rdtsc(Processor c, Insn i) {
    if ((c.cr4 & CR4_TSD) != 0 && c.cpl != 0) {
      throw c.generalProtection();
    }
    set64(c, c.timeStamp());
  }

  /** Two counters exist and count nothing: no event is modelled. */
  public static void rdpmc(Processor c, Insn i) {
    if ((c.cr4 & CR4_PCE) == 0 && c.cpl != 0 || (c.r[ECX] & ~1) != 0) {
      throw c.generalProtection();
    }
    set64(c, 0);
  }

  public static void rdmsr(Processor c, Insn i) {
    c.needPrivilege0();
    set64(c, c.msrs.read(c, c.r[ECX]));
  }

  public static void wrmsr(Processor c, Insn i) {
    c.needPrivilege0();
    c.msrs.write(c, c.r[ECX], (long) c.r[EDX] << 32 | c.r[EAX] & 0xFFFFFFFFL);
  }
}
