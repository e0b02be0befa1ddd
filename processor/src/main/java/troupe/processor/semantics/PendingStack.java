package troupe.processor.semantics;

import static troupe.processor.Processor.ESP;
import static troupe.processor.Processor.SS;
import static troupe.processor.Processor.TR;

import troupe.processor.Fault;
import troupe.processor.Processor;
import troupe.processor.SegmentRegisters;

/**
 * A stack being written before it is known that all will go well: the current one, or that of an
 * inner privilege level out of the TSS. Nothing of the processor changes until {@link #commit}.
 */
final class PendingStack {
  private final Processor c;
  private final int selector;
  private final long descriptor;
  private final boolean current;
  private final int base;
  private final int limit;
  private final int attributes;
  private final boolean user;
  private int esp;

  private PendingStack(
      Processor c, int selector, long descriptor, boolean current, int esp, boolean user) {
    this.c = c;
    this.selector = selector;
    this.descriptor = descriptor;
    this.current = current;
    this.esp = esp;
    this.user = user;
    base = current ? c.segments.base[SS] : Descriptor.base(descriptor);
    limit = current ? c.segments.limit[SS] : Descriptor.limit(descriptor);
    attributes = current ? c.segments.attributes[SS] : Descriptor.attributes(descriptor);
  }

  /** The stack in use. */
  static PendingStack current(Processor c) {
    return new PendingStack(c, 0, 0, true, c.r[ESP], c.cpl == 3);
  }

  /** The stack that the TSS names for privilege level {@code cpl}. */
  static PendingStack fromTss(Processor c, int cpl) {
    boolean wide = (c.segments.attributes[TR] & 8) != 0;
    int at = wide ? 4 + 8 * cpl : 2 + 4 * cpl;
    long limit = c.segments.limit[TR] & 0xFFFFFFFFL;
    if (at + (wide ? 5 : 3) > limit) {
      throw Descriptor.fault(c, Fault.TS, c.segments.selector[TR]);
    }
    int linear = c.segments.base[TR] + at;
    int esp = wide ? c.mmu.readSystem32(linear) : c.mmu.readSystem16(linear);
    int selector = c.mmu.readSystem16(linear + (wide ? 4 : 2));
    long d = SegmentLoad.checkStack(c, selector, cpl, Fault.TS, selector & Descriptor.RPL);
    return new PendingStack(c, selector, d, false, esp, false);
  }

  private boolean big() {
    return (attributes & SegmentRegisters.BIG) != 0;
  }

  void push(int value, boolean wide) {
    int size = wide ? 4 : 2;
    int offset = big() ? esp - size : esp - size & 0xFFFF;
    if (!within(offset, size)) {
      throw c.fault(Fault.SS, current ? 0 : selector & 0xFFFC);
    }
    c.mmu.writeAs(base + offset, value, size, user);
    esp = big() ? offset : esp & ~0xFFFF | offset;
  }

  private boolean within(int offset, int size) {
    long first = offset & 0xFFFFFFFFL;
    long last = first + size - 1;
    long bound = limit & 0xFFFFFFFFL;
    if ((attributes & SegmentRegisters.EXPAND_DOWN) != 0) {
      return first > bound && last <= (big() ? 0xFFFFFFFFL : 0xFFFF);
    }
    return last <= bound;
  }

  /** Makes this the stack of the processor, whose CPL is already the new one. */
  void commit() {
    if (current) {
      Stack.set(c, esp);
    } else {
      Descriptor.load(c, SS, selector, Descriptor.accessed(c, selector, descriptor));
      if (big()) {
        c.r[ESP] = esp;
      } else {
        c.set16(ESP, esp);
      }
    }
  }
}
