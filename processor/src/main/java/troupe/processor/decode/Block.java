package troupe.processor.decode;

import java.util.Arrays;

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

  private boolean valid = true;

  /**
   * Two blocks that followed this one, by the distance of their first instruction from that of this
   * block. Within a page the distance alone decides which block it is, whatever the linear address.
   */
  private Block next0;

  private Block next1;
  private int distance0;
  private int distance1;
  private final boolean linkable;

  Block(int physical, int end, boolean code32, Insn[] code, int secondPage) {
    this.physical = physical;
    this.end = end;
    this.code32 = code32;
    this.code = code;
    count = code.length - 1;
    this.secondPage = secondPage;
    linkable = secondPage < 0 && InstructionTable.staysInSegment(code[count - 1].row);
  }

  /** The block that begins {@code distance} bytes from this one, if it is known and still good. */
  public Block next(int distance) {
    Block next = next0;
    if (next == null || distance0 != distance) {
      next = next1;
      if (next == null || distance1 != distance) {
        return null;
      }
    }
    return next.valid ? next : null;
  }

  /** Remembers that {@code next} was found {@code distance} bytes from this block. */
  public void link(int distance, Block next) {
    boolean samePage =
        physical + distance == next.physical && (physical ^ next.physical) >>> 12 == 0;
    if (!linkable || !samePage || next.secondPage >= 0 || next.code32 != code32) {
      return;
    }
    if (next0 == null || !next0.valid) {
      next0 = next;
      distance0 = distance;
    } else {
      next1 = next;
      distance1 = distance;
    }
  }

  /** The block is gone: its links are not followed any more, and if it runs it ends. */
  void invalidate() {
    valid = false;
    Arrays.fill(code, null);
  }
}
