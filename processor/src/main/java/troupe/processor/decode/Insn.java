package troupe.processor.decode;

import troupe.processor.interpreter.Handler;

/**
 * One decoded instruction: which row of the instruction table it is and where its operands are. An
 * instance belongs to code bytes, not to an address, so that it can be shared: {@link Decoder}
 * gives the same one for the same instruction. The interpreter waits for memory more than for
 * anything else when code is cold, so it is kept small.
 *
 * <p>Registers are numbers 0 to 7 as encoded; {@link #NO_REGISTER} (a register that is always zero)
 * stands for a missing base or index.
 */
public final class Insn {
  /** Number of the register slot that always holds zero. */
  public static final byte NO_REGISTER = 8;

  /** Executes this instruction in the interpreter. */
  public Handler handler;

  /** Row of the instruction table. */
  public short row;

  /** Bytes of the whole instruction, prefixes included. */
  public byte length;

  /** ModRM.reg, or the register number encoded in the opcode. */
  public byte reg;

  /** ModRM.rm where it names a register; -1 for a memory operand or where there is no ModRM. */
  public byte rm;

  /** Segment register (0 ES, 1 CS, 2 SS, 3 DS, 4 FS, 5 GS) of the memory operand. */
  public byte segment;

  /** Effective address: base + (index << scale) + displacement. */
  public byte base;

  public byte index;
  public byte scale;
  public int displacement;

  /** First immediate, sign- or zero-extended as the operand letter says. */
  public int immediate;

  /** Second immediate: selector of a far pointer, or ENTER's nesting level. */
  public char immediate2;

  /** Address size is 16 bits: the effective address wraps at 64 KiB. */
  public boolean address16;

  /** Operand size is 16 bits. */
  public boolean operand16;

  public boolean lock;

  /** 0, or F2h, F3h: a repeat prefix that is not part of the opcode. */
  public short repeat;

  Insn() {}

  /** As it was made, for the next instruction. */
  void reset() {
    handler = null;
    row = 0;
    length = 0;
    reg = 0;
    rm = 0;
    segment = 0;
    base = 0;
    index = 0;
    scale = 0;
    displacement = 0;
    immediate = 0;
    immediate2 = 0;
    address16 = false;
    operand16 = false;
    lock = false;
    repeat = 0;
  }

  /** A copy. */
  Insn(Insn o) {
    handler = o.handler;
    row = o.row;
    length = o.length;
    reg = o.reg;
    rm = o.rm;
    segment = o.segment;
    base = o.base;
    index = o.index;
    scale = o.scale;
    displacement = o.displacement;
    immediate = o.immediate;
    immediate2 = o.immediate2;
    address16 = o.address16;
    operand16 = o.operand16;
    lock = o.lock;
    repeat = o.repeat;
  }

  private int form() {
    return row << 16 | reg << 12 | (rm & 15) << 8 | length << 4 | base;
  }

  private int address() {
    return index << 16 | scale << 12 | segment << 8 | (address16 ? 4 : 0) | (operand16 ? 2 : 0);
  }

  boolean same(Insn o) {
    return form() == o.form()
        && address() == o.address()
        && displacement == o.displacement
        && immediate == o.immediate
        && immediate2 == o.immediate2
        && lock == o.lock
        && repeat == o.repeat
        && handler == o.handler;
  }

  int hash() {
    int sum = ((form() * 31 + address()) * 31 + displacement) * 31 + immediate;
    sum *= 0x9E3779B9;
    return sum ^ sum >>> 15;
  }
}
