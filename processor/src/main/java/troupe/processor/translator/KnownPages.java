package troupe.processor.translator;

import troupe.processor.decode.Insn;

/**
 * What the code of a region knows, at one place, of pages that it has found already: for each
 * general register at most one address, {@code delta} bytes from what the register has now, whose
 * page and offset in it are in local variables. The next access near it needs no look into the TLB
 * if it is in the same page.
 *
 * <p>Nothing that a region does by itself takes a page out of the TLB; what calls out forgets.
 */
final class KnownPages {
  /** Farther away another page is likelier than the same. */
  private static final int NEAR = 1024;

  private int valid;
  private int writable;
  private int[] delta = new int[8];

  KnownPages copy() {
    KnownPages copy = new KnownPages();
    copy.valid = valid;
    copy.writable = writable;
    copy.delta = delta.clone();
    return copy;
  }

  void forget() {
    valid = 0;
  }

  /** The register has another value, nobody knows which. */
  void forget(int register) {
    valid &= ~(1 << register);
  }

  void learn(int register, int at, boolean forWriting) {
    int bit = 1 << register;
    valid |= bit;
    writable = forWriting ? writable | bit : writable & ~bit;
    delta[register] = at;
  }

  /** Whether a page near {@code at} bytes from the register is known for this kind of access. */
  boolean near(int register, int at, boolean writing) {
    int all = writing ? valid & writable : valid;
    return (all >>> register & 1) != 0 && Math.abs(at - delta[register]) < NEAR;
  }

  int delta(int register) {
    return delta[register];
  }

  boolean writable(int register) {
    return (writable >>> register & 1) != 0;
  }

  /** What is known after {@code bytes} have been added to a register. */
  KnownPages moved(int register, int bytes) {
    KnownPages moved = copy();
    moved.delta[register] -= bytes;
    return moved;
  }

  /** What is known after an instruction that adds a constant to a register; else null. */
  KnownPages moved(Insn insn) {
    Meaning m = Meaning.of(insn);
    boolean register = !m.operands.isEmpty() && m.operands.get(0).letter().matches("[EZ]");
    if (!register || insn.operand16 || m.operands.get(0).width(32) != 32) {
      return null;
    }
    int target = m.operands.get(0).letter().equals("E") ? insn.rm : insn.reg;
    boolean constant = m.operands.size() == 2 && m.operands.get(1).letter().equals("I");
    if (target < 0 || (valid >>> target & 1) == 0) {
      return null;
    }
    return switch (m.name) {
      case "Alu.add" -> constant ? moved(target, insn.immediate) : null;
      case "Alu.sub" -> constant ? moved(target, -insn.immediate) : null;
      case "Alu.inc" -> moved(target, 1);
      case "Alu.dec" -> moved(target, -1);
      default -> null;
    };
  }
}
