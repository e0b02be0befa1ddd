package troupe.processor.translator;

import java.util.Arrays;
import java.util.List;
import troupe.processor.SegmentRegisters;
import troupe.processor.decode.Insn;

/**
 * What a region is made of. Offsets are bytes from the first instruction, so that the same code at
 * another address has an equal plan.
 *
 * @param blocks basic blocks, that of the first instruction first
 * @param bytes the code bytes from {@link #from} to {@link #to}; zero where none belongs to a block
 * @param covered which of the bytes belong to a block
 * @param from offset of the first byte
 * @param to offset after the last byte
 * @param mode segment mode that the code is for, see {@link SegmentRegisters#mode}
 * @param modeMask the bits of the mode that matter
 * @param entries offsets where the region can be entered, 0 first
 * @param fixedEip the EIP that 16-bit code, whose EIP wraps, is for; -1 for other code
 * @param borrowed offsets of blocks that are copies of a small function, which may be translated by
 *     itself as well; sorted
 * @param windows whether one page is looked up for accesses near each other, see {@link Windows}
 */
public record Plan(
    List<BasicBlock> blocks,
    byte[] bytes,
    boolean[] covered,
    int from,
    int to,
    int mode,
    int modeMask,
    int fixedEip,
    int[] entries,
    int[] borrowed,
    boolean windows) {

  /** How a basic block ends. */
  enum End {
    /** Goes on at the next instruction. */
    FALL,
    /** Conditional, to {@code target} or the next instruction. */
    CONDITIONAL,
    /** To {@code target}. */
    JUMP,
    /** Near call of {@code target}. */
    CALL,
    /** To an address that is computed: indirect jump, indirect call, return. */
    INDIRECT,
    /** The last instruction leaves the region. */
    LEAVE
  }

  /**
   * One basic block.
   *
   * @param offset of its first instruction
   * @param insns its instructions
   * @param offsets of each instruction, and last that after the block
   * @param end how it ends
   * @param target offset of the target, where the end has one
   * @param indirect offsets seen as targets of an INDIRECT end
   */
  record BasicBlock(
      int offset, List<Insn> insns, int[] offsets, End end, int target, int[] indirect) {
    int after() {
      return offsets[insns.size()];
    }
  }

  boolean flatCode() {
    return (modeMask & mode & 1 << troupe.processor.Processor.CS) != 0;
  }

  boolean code32() {
    return (mode & SegmentRegisters.CODE32) != 0;
  }

  /** Page of the first byte relative to the page of the first instruction. */
  int firstPage(int physical) {
    return (physical & 0xFFF) + from >> 12;
  }

  /** Page of the last byte relative to the page of the first instruction. */
  int lastPage(int physical) {
    return (physical & 0xFFF) + to - 1 >> 12;
  }

  /** Whether bytes are in the page {@code delta} after that of the first instruction. */
  boolean needs(int physical, int delta) {
    int begin = (delta << 12) - (physical & 0xFFF) - from;
    for (int n = Math.max(0, begin); n < Math.min(begin + 4096, covered.length); n++) {
      if (covered[n]) {
        return true;
      }
    }
    return false;
  }

  /** Whether a block is a copy of code that belongs elsewhere. */
  boolean borrows(int offset) {
    return Arrays.binarySearch(borrowed, offset) >= 0;
  }

  /** The same with one more entry. */
  Plan withEntry(int offset) {
    int[] more = Arrays.copyOf(entries, entries.length + 1);
    more[entries.length] = offset;
    return new Plan(
        blocks, bytes, covered, from, to, mode, modeMask, fixedEip, more, borrowed, windows);
  }

  /** Whether what is made of this can be used where what is made of another is wanted. */
  boolean serves(Plan other) {
    return blocks == other.blocks
        && (windows == other.windows || !windows)
        && Arrays.stream(other.entries)
            .allMatch(entry -> Arrays.stream(entries).anyMatch(own -> own == entry));
  }

  /** The same with a look-up for each access. */
  Plan withoutWindows() {
    return new Plan(
        blocks, bytes, covered, from, to, mode, modeMask, fixedEip, entries, borrowed, false);
  }

  int instructions() {
    int sum = 0;
    for (BasicBlock block : blocks) {
      sum += block.insns().size();
    }
    return sum;
  }

  /** The same with about that part of its blocks, or of its instructions if it has one block. */
  Plan shortened(double part) {
    if (blocks.size() > 1) {
      int keep = (int) (blocks.size() * part);
      return firstBlocks(Math.clamp(keep, 1, blocks.size() - 1));
    }
    BasicBlock all = blocks.getFirst();
    int keep = Math.clamp((int) (all.insns().size() * part), 1, all.insns().size() - 1);
    BasicBlock begin =
        new BasicBlock(
            all.offset(),
            all.insns().subList(0, keep),
            Arrays.copyOf(all.offsets(), keep + 1),
            End.FALL,
            0,
            new int[0]);
    return withBlocks(List.of(begin));
  }

  /** The same with the first {@code count} blocks only. */
  Plan firstBlocks(int count) {
    return withBlocks(blocks.subList(0, count));
  }

  private Plan withBlocks(List<BasicBlock> first) {
    int[] left =
        Arrays.stream(entries)
            .filter(entry -> first.stream().anyMatch(block -> block.offset() == entry))
            .toArray();
    return new Plan(
        first, bytes, covered, from, to, mode, modeMask, fixedEip, left, borrowed, windows);
  }

  @Override
  public boolean equals(Object o) {
    return o == this;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }

  @Override
  public String toString() {
    return "Plan of "
        + blocks.size()
        + " blocks, "
        + instructions()
        + " instructions, "
        + Arrays.hashCode(bytes);
  }
}
