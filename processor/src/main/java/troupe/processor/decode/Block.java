package troupe.processor.decode;

import static troupe.processor.memory.PhysicalMemory.PAGE_MASK;

import java.util.Arrays;
import troupe.processor.translator.Region;

/** A run of instructions that is entered at its first one, within one page or crossing into one. */
public final class Block {
  /** Physical address of the first byte. */
  public final int physical;

  /** Physical address after the last byte; for a crossing block, the end of its first page. */
  final int end;

  /** In bytes, with those in the second page. */
  final int length;

  /** CS.D of the code. */
  final boolean code32;

  /** The instructions, ended by null; cut short when the block is overwritten while it runs. */
  public final Insn[] code;

  /** What {@link #code} was before it was cut short. */
  private Insn[] whole;

  public final int count;

  /** Physical page that the block crosses into, or -1. */
  final int secondPage;

  /** How often the interpreter has run it; below zero once it was considered for translation. */
  public int heat;

  /**
   * The translated code that this block belongs to, or null. Where the block is no entry of it,
   * heat counts how often the interpreter came here from elsewhere.
   */
  public Region inside;

  /** The translated code that begins here, or null. */
  public Region region;

  /** Which entry of {@link #region} this block is. */
  public int entry;

  /** The next one of those whose addresses share a slot of {@link CodeCache}. */
  Block nextInSlot;

  private static final int[] NONE = {};
  private static final int MOST_OBSERVED = 24;

  /** Distances of blocks that followed an indirect branch at the end of this one. */
  private int[] observed = NONE;

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

  Block(int physical, int length, boolean code32, Insn[] code, int secondPage) {
    this.physical = physical;
    this.length = length;
    end = secondPage >= 0 ? (physical | PAGE_MASK) + 1 : physical + length;
    this.code32 = code32;
    this.code = code;
    whole = code;
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

  /** Notes where an indirect branch at the end of this block went. */
  public void observe(int distance) {
    if (observed.length == MOST_OBSERVED || !InstructionTable.indirect(code[count - 1])) {
      return;
    }
    for (int seen : observed) {
      if (seen == distance) {
        return;
      }
    }
    observed = Arrays.copyOf(observed, observed.length + 1);
    observed[observed.length - 1] = distance;
  }

  public int[] observed() {
    return observed;
  }

  /** The block is gone: its links are not followed any more, and if it runs it ends. */
  void invalidate() {
    if (valid) {
      whole = code.clone();
    }
    valid = false;
    region = null;
    Arrays.fill(code, null);
  }

  /** Number of instructions in the first bytes of the block, also if it is gone. */
  public int instructionsBefore(int bytes) {
    int n = 0;
    for (int at = 0; n < count && at != bytes; n++) {
      at += whole[n].length;
    }
    return n;
  }
}
