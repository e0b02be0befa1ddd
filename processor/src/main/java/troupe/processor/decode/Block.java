package troupe.processor.decode;

/** A run of instructions that is entered at its first one, within one page or crossing into one. */
public final class Block {
  /** Physical address of the first byte. */
  public final int physical;

  /** Physical address after the last byte; for a crossing block, the end of its first page. */
  final int end;

  /** CS.D of the code. */
  final boolean code32;

  /** The instructions, ended by null; cut short when the block is overwritten while it runs. */
  public final Insn[] code;

  public final int count;

  /** Physical page that the block crosses into, or -1. */
  final int secondPage;

  boolean valid = true;

  Block(int physical, int end, boolean code32, Insn[] code, int secondPage) {
    this.physical = physical;
    this.end = end;
    this.code32 = code32;
    this.code = code;
    count = code.length - 1;
    this.secondPage = secondPage;
  }
}
