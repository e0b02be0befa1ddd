package troupe.processor.translator;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import troupe.processor.Processor;
import troupe.processor.SegmentRegisters;
import troupe.processor.decode.Block;
import troupe.processor.decode.CodeCache;
import troupe.processor.decode.Insn;
import troupe.processor.decode.InstructionTable;
import troupe.processor.memory.PhysicalMemory;

/**
 * Chooses what belongs to a region: from a hot block on, what the interpreter has run most, along
 * branches, calls and returns, within a few pages that follow each other.
 */
final class PlanBuilder {
  /** Distance from the first instruction that is still looked at. */
  private static final int REACH = 2 * PhysicalMemory.PAGE_SIZE;

  /**
   * What runs less often than the first block by more than this power of two stays outside. Loops
   * around a hot loop are to be inside.
   */
  private static final int LEAST_SHIFT = 5;

  /** What a region's method may have, bytes of bytecode as {@link #size} guesses them. */
  private static final int MOST_BYTES = 7_300;

  private final Processor c;
  private final CodeCache cache;
  private final int maxInstructions;

  // The plan being made.
  private Block head;
  private int headEip;
  private int headLinear;
  private final TreeMap<Integer, Insn> insns = new TreeMap<>();
  private final Map<Integer, Block> included = new HashMap<>();
  private final Set<Integer> leaders = new HashSet<>();
  private final Set<Integer> returnSites = new HashSet<>();

  /** Blocks of small functions that are translated along with their callers. */
  private final Set<Integer> borrowed = new HashSet<>();

  /** Where the region is entered again after it was left for a call or an instruction. */
  private final Set<Integer> reentries = new HashSet<>();

  PlanBuilder(Processor c, CodeCache cache, int maxInstructions) {
    this.c = c;
    this.cache = cache;
    this.maxInstructions = maxInstructions;
  }

  private record Candidate(int offset, Block block) {}

  /** The plan of the region that begins with {@code block}, which is at EIP. */
  Plan build(Block block) {
    head = block;
    headEip = c.eip;
    headLinear = c.segments.base[Processor.CS] + c.eip;
    insns.clear();
    included.clear();
    leaders.clear();
    returnSites.clear();
    reentries.clear();
    borrowed.clear();
    int least = block.heat >>> LEAST_SHIFT;
    PriorityQueue<Candidate> open =
        new PriorityQueue<>(Comparator.comparingInt((Candidate x) -> -x.block.heat));
    offer(open, 0, Integer.MIN_VALUE);
    int size = 0;
    while (!open.isEmpty() && insns.size() < maxInstructions) {
      Candidate next = open.poll();
      int bytes = size(next.block);
      if (included.containsKey(next.offset) || !included.isEmpty() && size + bytes > MOST_BYTES) {
        continue;
      }
      size += bytes;
      int after = include(next.offset, next.block);
      for (int successor : successors(next.offset, next.block, after)) {
        offer(open, successor, least);
      }
    }
    return finish();
  }

  /** About what the translation of a block takes, bytes of bytecode. */
  private static int size(Block block) {
    int bytes = 0;
    for (int n = 0; n < block.count && block.code[n] != null; n++) {
      Effects effects = Effects.of(block.code[n]);
      bytes += !effects.own() ? 150 : effects.memory() ? 80 : 17;
    }
    Insn last = block.code[block.count - 1];
    boolean calls = last != null && Meaning.of(last).name.startsWith("Branch.call");
    return bytes + (calls ? 140 : 0);
  }

  private void offer(PriorityQueue<Candidate> open, int offset, int least) {
    if (Math.abs(offset) > REACH || included.containsKey(offset)) {
      return;
    }
    Block block = offset == 0 ? head : at(offset);
    if (block == null) {
      return;
    }
    boolean free = block.inside == null && block.heat >= least;
    if (offset == 0 || free || borrowed.contains(offset)) {
      open.add(new Candidate(offset, block));
    }
  }

  /** The decoded block at an offset, or null. */
  private Block at(int offset) {
    int linear = headLinear + offset;
    int eip = headEip + offset;
    if (!code32() && (eip & 0xFFFF) != eip) {
      return null;
    }
    int page =
        (linear ^ headLinear) >>> PhysicalMemory.PAGE_SHIFT == 0
            ? head.physical >>> PhysicalMemory.PAGE_SHIFT
            : c.mmu.cached(linear >>> PhysicalMemory.PAGE_SHIFT);
    if (page < 0) {
      return null;
    }
    return cache.find(
        page << PhysicalMemory.PAGE_SHIFT | linear & PhysicalMemory.PAGE_MASK, code32());
  }

  private boolean code32() {
    return (c.segments.mode & SegmentRegisters.CODE32) != 0;
  }

  /** Takes the instructions of a block; returns the offset after the last one. */
  private int include(int offset, Block block) {
    included.put(offset, block);
    leaders.add(offset);
    int at = offset;
    for (int n = 0; n < block.count; n++) {
      Insn insn = block.code[n];
      if (insn == null) {
        break;
      }
      insns.putIfAbsent(at, insn);
      at += insn.length;
    }
    return at;
  }

  private List<Integer> successors(int offset, Block block, int after) {
    Insn last = block.code[block.count - 1];
    if (last == null) {
      return List.of();
    }
    List<Integer> next = new ArrayList<>();
    switch (end(last)) {
      case FALL -> next.add(after);
      case CONDITIONAL -> {
        next.add(after);
        next.add(target(after, last));
      }
      case JUMP -> next.add(target(after, last));
      case CALL -> {
        int target = target(after, last);
        if (Math.abs(target) <= REACH && inlined(target)) {
          next.add(target);
          returnSites.add(after);
          if (target != 0 && !included.containsKey(target)) {
            borrowed.add(target);
          }
        } else {
          reentries.add(after);
        }
        next.add(after);
      }
      case INDIRECT -> {
        for (int distance : block.observed()) {
          next.add(offset + distance);
        }
        if (Meaning.of(last).name.equals("Branch.callNear")) {
          next.add(after);
          reentries.add(after);
        }
      }
      case LEAVE -> {
        if (continues(last)) {
          next.add(after);
          reentries.add(after);
        }
      }
    }
    if (borrowed.contains(offset) && end(last) != Plan.End.INDIRECT) {
      next.stream().filter(n -> !included.containsKey(n)).forEach(borrowed::add);
    }
    leaders.addAll(next);
    return next;
  }

  /** Whether an instruction that leaves a region comes back to the next one. */
  static boolean continues(Insn last) {
    String name = Meaning.of(last).name;
    return !name.startsWith("FarTransfer.")
        && !name.startsWith("Interrupt.")
        && !name.startsWith("FastSystemCall.");
  }

  /** Instructions of a function that is translated along with its callers, at most. */
  private static final int SMALL_FUNCTION = 24;

  /** Whether a called function is small, calls nothing itself, or is the one being translated. */
  private boolean inlined(int target) {
    if (target == 0 || included.containsKey(target)) {
      return true;
    }
    ArrayDeque<Integer> open = new ArrayDeque<>();
    Set<Integer> seen = new HashSet<>();
    open.add(target);
    int size = 0;
    boolean returns = false;
    while (!open.isEmpty()) {
      int offset = open.pop();
      Block block = seen.add(offset) ? at(offset) : null;
      if (block == null) {
        continue;
      }
      size += block.count;
      int after = offset;
      for (int n = 0; n < block.count; n++) {
        after += block.code[n] == null ? 0 : block.code[n].length;
      }
      Insn last = block.code[block.count - 1];
      if (last == null || size > SMALL_FUNCTION) {
        return false;
      }
      switch (end(last)) {
        case FALL -> open.add(after);
        case CONDITIONAL -> {
          open.add(after);
          open.add(target(after, last));
        }
        case JUMP -> open.add(target(after, last));
        case INDIRECT -> {
          if (!Meaning.of(last).name.startsWith("Branch.ret")) {
            return false;
          }
          returns = true;
        }
        case CALL, LEAVE -> {
          return false;
        }
      }
    }
    return returns;
  }

  private static int target(int after, Insn insn) {
    return after + insn.immediate;
  }

  /** What kind of end an instruction is; FALL for one that is none. */
  static Plan.End end(Insn insn) {
    if (!InstructionTable.row(insn.row).has("end")) {
      return Plan.End.FALL;
    }
    return switch (Meaning.of(insn).name) {
      case "Branch.jcc", "Branch.loop", "Branch.loope", "Branch.loopne", "Branch.jcxz" ->
          Plan.End.CONDITIONAL;
      case "Branch.jmpRelative" -> Plan.End.JUMP;
      case "Branch.callRelative" -> Plan.End.CALL;
      case "Branch.jmpNear", "Branch.callNear", "Branch.ret", "Branch.retImmediate" ->
          Plan.End.INDIRECT;
      // They change nothing that the code depends on, but may let an interrupt in.
      case "FlagControl.cli",
          "FlagControl.sti",
          "Stack.pushf",
          "Stack.popf",
          "ModelSpecific.rdtsc" ->
          Plan.End.FALL;
      default -> Plan.End.LEAVE;
    };
  }

  private Plan finish() {
    Map<Integer, Plan.BasicBlock> made = new HashMap<>();
    ArrayDeque<Integer> open = new ArrayDeque<>();
    List<Plan.BasicBlock> blocks = new ArrayList<>();
    open.add(0);
    ArrayDeque<Integer> more = new ArrayDeque<>(reentries);
    while (!open.isEmpty() || !more.isEmpty()) {
      int offset = open.isEmpty() ? more.pop() : open.pop();
      if (made.containsKey(offset) || !insns.containsKey(offset)) {
        continue;
      }
      Plan.BasicBlock block = basicBlock(offset);
      made.put(offset, block);
      blocks.add(block);
      switch (block.end()) {
        case FALL -> open.push(block.after());
        case CONDITIONAL -> {
          open.push(block.target());
          open.push(block.after());
        }
        case JUMP -> open.push(block.target());
        case CALL -> {
          open.push(block.after());
          open.push(block.target());
        }
        case INDIRECT -> {
          for (int target : block.indirect()) {
            open.push(target);
          }
        }
        case LEAVE -> {}
      }
    }
    return plan(blocks);
  }

  private Plan.BasicBlock basicBlock(int offset) {
    List<Insn> list = new ArrayList<>();
    List<Integer> offsets = new ArrayList<>();
    int at = offset;
    Plan.End end = Plan.End.FALL;
    Insn insn = null;
    while (insns.containsKey(at) && (at == offset || !leaders.contains(at))) {
      insn = insns.get(at);
      list.add(insn);
      offsets.add(at);
      at += insn.length;
      end = end(insn);
      if (end != Plan.End.FALL) {
        break;
      }
    }
    offsets.add(at);
    int target = 0;
    int[] indirect = {};
    if (end == Plan.End.CONDITIONAL || end == Plan.End.JUMP || end == Plan.End.CALL) {
      target = target(at, insn);
    } else if (end == Plan.End.INDIRECT) {
      indirect = indirect(insn, at - insn.length);
    }
    return new Plan.BasicBlock(
        offset,
        List.copyOf(list),
        offsets.stream().mapToInt(Integer::intValue).toArray(),
        end,
        target,
        indirect);
  }

  private int[] indirect(Insn insn, int at) {
    if (Meaning.of(insn).name.startsWith("Branch.ret")) {
      return returnSites.stream().filter(insns::containsKey).sorted().mapToInt(n -> n).toArray();
    }
    Set<Integer> targets = new HashSet<>();
    included.forEach(
        (offset, block) -> {
          int end = offset;
          for (int n = 0; n < block.count - 1 && block.code[n] != null; n++) {
            end += block.code[n].length;
          }
          if (end == at) {
            for (int distance : block.observed()) {
              targets.add(offset + distance);
            }
          }
        });
    return targets.stream().filter(insns::containsKey).sorted().mapToInt(n -> n).toArray();
  }

  private int[] entries(List<Plan.BasicBlock> blocks) {
    Set<Integer> made = new HashSet<>();
    blocks.forEach(block -> made.add(block.offset()));
    List<Integer> entries = new ArrayList<>();
    entries.add(0);
    reentries.stream().filter(n -> n != 0 && made.contains(n)).sorted().forEach(entries::add);
    return entries.stream().mapToInt(n -> n).toArray();
  }

  private static boolean loadsSegment(Insn insn) {
    String name = Meaning.of(insn).name;
    return name.startsWith("SegmentLoad.") || name.equals("Stack.popSegment");
  }

  private Plan plan(List<Plan.BasicBlock> blocks) {
    int from = 0;
    int to = 0;
    int segments = 1 << Processor.CS;
    boolean loads = false;
    for (Plan.BasicBlock block : blocks) {
      from = Math.min(from, block.offset());
      to = Math.max(to, block.after());
      for (Insn insn : block.insns()) {
        segments |= 1 << insn.segment | 1 << Processor.SS;
        loads |= loadsSegment(insn);
      }
    }
    byte[] bytes = new byte[to - from];
    boolean[] covered = new boolean[to - from];
    for (Plan.BasicBlock block : blocks) {
      for (int at = block.offset(); at < block.after(); at++) {
        covered[at - from] = true;
      }
    }
    return new Plan(
        blocks,
        bytes,
        covered,
        from,
        to,
        c.segments.mode,
        segments
            // Where it changes on the way, code is made for any limit.
            | (loads ? 0 : segments << SegmentRegisters.WHOLE_SHIFT)
            | SegmentRegisters.CODE32
            | SegmentRegisters.STACK32,
        code32() ? -1 : headEip,
        entries(blocks),
        borrowed.stream().mapToInt(n -> n).sorted().toArray(),
        true);
  }
}
