package troupe.processor.decode;

import troupe.processor.interpreter.Handler;

/**
 * One decoded instruction: which row of the instruction table it is and where its operands are. The
 * interpreter waits for memory more than for anything else when code is cold, so it is kept small,
 * and those of a block are made one after the other and lie beside each other.
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
}
