package troupe.processor.translator;

import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;
import static troupe.processor.Processor.EAX;
import static troupe.processor.Processor.ECX;
import static troupe.processor.Processor.EDX;
import static troupe.processor.Processor.ESP;
import static troupe.processor.Processor.SS;

import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.attribute.CodeAttribute;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import troupe.processor.Processor;
import troupe.processor.SegmentRegisters;
import troupe.processor.decode.Insn;
import troupe.processor.interpreter.Handler;
import troupe.processor.memory.PhysicalMemory;
import troupe.processor.translator.FlagState.Value;

/**
 * Makes the class of a region.
 *
 * <p>General registers are local variables, loaded at entry and stored on the way out. Flags are
 * not computed but remembered as the operation that set them ({@link FlagState}), and only where
 * {@link FlagFlow} says that they matter. Each memory access looks into the soft TLB and leaves the
 * region on a miss, before the instruction has had any effect: the interpreter then does it.
 */
final class RegionEmitter {
  private static final ClassDesc REGION = desc(Region.class);
  private static final ClassDesc PROCESSOR = desc(Processor.class);
  private static final ClassDesc SEGMENTS = desc(SegmentRegisters.class);
  private static final ClassDesc INSN = desc(Insn.class);
  private static final ClassDesc HANDLER = desc(Handler.class);
  private static final ClassDesc FLAG_CONTROL = desc(troupe.processor.semantics.FlagControl.class);
  private static final ClassDesc MMU = desc(troupe.processor.memory.Mmu.class);
  private static final ClassDesc INTS = CD_int.arrayType();
  private static final ClassDesc LONGS = CD_long.arrayType();
  private static final ClassDesc MAP = ClassDesc.ofDescriptor("[[B");
  static final ClassDesc INTEGER = ClassDesc.of("java.lang.Integer");
  private static final MethodTypeDesc RUN = MethodTypeDesc.of(CD_void, PROCESSOR, CD_int, CD_int);
  private static final MethodTypeDesc RAW = MethodTypeDesc.of(CD_void, PROCESSOR, INSN);

  /**
   * The last one without stack maps. To make them takes the class file library longer than the code
   * does, and HotSpot, which has to compile that library first, longer still.
   */
  private static final int CLASS_FILE_VERSION = ClassFile.JAVA_5_VERSION;

  // Arguments of the generated method: first the region itself, last the number of the entry.
  private static final int REGION_GIVEN = 0;
  static final int C = 1;
  private static final int BUDGET = 2;
  private static final int ENTRY = 3;

  // Its local variables. Instructions for those with numbers below four have one byte, so what is
  // used most takes the places of arguments that only the prologue needs.
  private static final int UNSAFE = REGION_GIVEN;
  static final int LINEAR = ENTRY;
  private static final int EIP = 4;
  private static final int READ = 5;
  private static final int WRITE = 6;
  private static final int REGISTERS = 7;
  static final int GENERAL = 8;
  private static final int LEAVE_AT = 16;
  private static final int WHY = 17;
  private static final int THIS = 18;
  static final int TEMP = 19;
  static final int VALUE = 20;
  private static final int MAPPING = 21;
  static final int CARRY_OUT = 22;
  static final int OVERFLOW_OUT = 23;
  private static final int PAGE_FOUND = 24;
  private static final int OFFSET = 25;
  static final int FK = 26;
  static final int CK = 30;

  /**
   * The first of those that not every region has. HotSpot's compilers take time for each number.
   */
  private static final int FIRST_FREE = 34;

  private final Plan plan;
  private final FlagFlow flow;
  private final List<Insn> raw = new ArrayList<>();
  private final Map<Integer, Node> nodes = new HashMap<>();
  private final List<Runnable> cold = new ArrayList<>();
  private FlagEmitter flags;
  private IntegerEmitter integers;
  private RawMemory memory;
  final SimdEmitter simd;
  private boolean usesSimd;

  /** Whether an instruction sets some flags and leaves others. */
  private boolean carryApart;

  private final Map<FlagState, Label> handOver = new IdentityHashMap<>();
  private final int used;
  private final int written;

  /** Whether something outside comes back into the middle of the method. */
  private final boolean returns;

  private final int mode;
  private CodeBuilder b;
  private Label leave;
  private Label nothing;
  private int codeSize;

  // The place being emitted.
  private Node node;
  private int index;
  private Insn insn;
  private FlagState stateBefore;
  private int live;
  private int dirty;

  // Local variables that not every region has: of segments, and from where on they are temporary.
  private final int[] base = new int[6];
  private final int[] limits = new int[6];
  private final int firstFree;
  private int lastLocal;

  /** Local variables of the windows and of the instruction. */
  private final BitSet windowLocals = new BitSet();

  private final BitSet insnLocals = new BitSet();
  private Label miss;
  private Windows windows;

  // Where the last access that was checked is: local variables of page and offset, and what is to
  // be added to that.
  private int foundPage;
  private int foundOffset;
  private int foundDistance;

  /** What is known of a basic block while emitting. */
  private static final class Node {
    final Plan.BasicBlock block;
    final int order;
    int predecessors;

    /** Whether one of them comes after it. */
    boolean loop;

    /** Registers that may be other than the processor has them when it begins. */
    int dirty;

    Label label;
    FlagState inherited;
    boolean emitted;

    Node(Plan.BasicBlock block, int order) {
      this.block = block;
      this.order = order;
    }
  }

  RegionEmitter(Plan plan) {
    this.plan = plan;
    flow = new FlagFlow(plan);
    mode = plan.mode();
    int reads = 0;
    int writes = 0;
    for (Plan.BasicBlock block : plan.blocks()) {
      nodes.put(block.offset(), new Node(block, nodes.size()));
      for (Insn i : block.insns()) {
        Effects effects = Effects.of(i);
        reads |= effects.reads();
        writes |= effects.writes();
        usesSimd |= SimdEmitter.handles(Meaning.of(i));
        carryApart |= effects.sets() != 0 && effects.sets() != Processor.ARITHMETIC;
      }
    }
    used = reads | writes;
    written = writes;
    int next = FIRST_FREE;
    for (int n = 0; n < 6; n++) {
      if (usesSegment(n) && !flat(n)) {
        base[n] = next++;
      }
      if (usesSegment(n) && !whole(n)) {
        limits[n] = next;
        next += 4;
      }
    }
    simd = new SimdEmitter(this, next);
    firstFree = usesSimd ? next + SimdEmitter.LOCALS : next;
    lastLocal = firstFree;
    returns = plan.blocks().stream().anyMatch(this::comesBack);
    for (Node from : nodes.values()) {
      for (Node to : successors(from.block)) {
        to.predecessors++;
        to.loop |= to.order <= from.order;
      }
    }
    for (int entry : plan.entries()) {
      nodes.get(entry).predecessors++;
    }
    findDirty();
  }

  /** The blocks that one goes on to, one of them perhaps twice. */
  private List<Node> successors(Plan.BasicBlock block) {
    IntStream offsets =
        switch (block.end()) {
          case FALL, LEAVE -> IntStream.of(block.after());
          case CONDITIONAL -> IntStream.of(block.after(), block.target());
          case JUMP -> IntStream.of(block.target());
          case CALL ->
              IntStream.of(nodes.containsKey(block.target()) ? block.target() : block.after());
          case INDIRECT ->
              IntStream.concat(IntStream.of(block.indirect()), IntStream.of(block.after()));
        };
    return offsets.mapToObj(nodes::get).filter(Objects::nonNull).toList();
  }

  /** Finds for each block which registers may be other than the processor has them. */
  private void findDirty() {
    Deque<Node> changed = new ArrayDeque<>(nodes.values());
    while (!changed.isEmpty()) {
      Node from = changed.remove();
      int dirty = from.dirty;
      for (Insn i : from.block.insns()) {
        Effects effects = Effects.of(i);
        dirty = effects.own() ? dirty | effects.writes() : 0;
      }
      for (Node to : successors(from.block)) {
        int arriving = to.dirty | (onlyComesBack(from.block, to.block) ? 0 : dirty);
        if (arriving != to.dirty) {
          to.dirty = arriving;
          changed.add(to);
        }
      }
    }
  }

  /** Whether a block leads to another only by what is done outside of the region in between. */
  private boolean onlyComesBack(Plan.BasicBlock from, Plan.BasicBlock to) {
    // The target of an indirect call may be what comes after it.
    return comesBack(from)
        && to.offset() == from.after()
        && IntStream.of(from.indirect()).noneMatch(target -> target == from.after());
  }

  /** Whether the region goes on after what a block ends with was done outside of it. */
  private boolean comesBack(Plan.BasicBlock block) {
    if (!nodes.containsKey(block.after()) || !plan.flatCode() || !plan.code32()) {
      return false;
    }
    Insn last = block.insns().getLast();
    return switch (block.end()) {
      case CALL -> !nodes.containsKey(block.target());
      case INDIRECT -> Meaning.of(last).name.equals("Branch.callNear");
      case LEAVE -> PlanBuilder.continues(last);
      default -> false;
    };
  }

  static ClassDesc desc(Class<?> type) {
    return ClassDesc.ofDescriptor(type.descriptorString());
  }

  /** Instructions that the code calls the semantics of, by their numbers there. */
  Insn[] raw() {
    return raw.toArray(new Insn[0]);
  }

  /** Bytes of code in the method, after {@link #emit}. */
  int codeSize() {
    return codeSize;
  }

  /** The class file. */
  byte[] emit(String name) {
    byte[] file =
        ClassFile.of(ClassFile.StackMapsOption.STACK_MAPS_WHEN_REQUIRED)
            .build(
                ClassDesc.of(name),
                type ->
                    type.withVersion(CLASS_FILE_VERSION, 0)
                        .withSuperclass(REGION)
                        .withFlags(ClassFile.ACC_PUBLIC | ClassFile.ACC_FINAL)
                        .withMethodBody(
                            "<init>",
                            MethodTypeDesc.of(CD_void),
                            ClassFile.ACC_PUBLIC,
                            code ->
                                code.aload(0)
                                    .invokespecial(REGION, "<init>", MethodTypeDesc.of(CD_void))
                                    .return_())
                        .withMethodBody("run", RUN, ClassFile.ACC_PUBLIC, this::body));
    codeSize =
        ClassFile.of().parse(file).methods().stream()
            .filter(m -> m.methodName().equalsString("run"))
            .mapToInt(m -> ((CodeAttribute) m.code().orElseThrow()).codeLength())
            .sum();
    return file;
  }

  // ---- Frame of the method

  private void body(CodeBuilder code) {
    b = code;
    flags = new FlagEmitter(b, carryApart);
    integers = new IntegerEmitter(this, b, flags);
    memory = new RawMemory(b, UNSAFE);
    leave = b.newLabel();
    nothing = b.newLabel();
    nodes.values().forEach(n -> n.label = b.newLabel());
    prologue();
    for (Plan.BasicBlock block : plan.blocks()) {
      emit(nodes.get(block.offset()));
    }
    for (int n = 0; n < cold.size(); n++) {
      cold.get(n).run();
    }
    b.labelBinding(leave);
    b.istore(WHY).istore(LEAVE_AT);
    spill(written);
    b.aload(C).aload(THIS).iload(EIP).iload(LEAVE_AT).iadd().iload(BUDGET).iload(WHY);
    b.invokestatic(
        REGION, "leave", MethodTypeDesc.of(CD_void, PROCESSOR, REGION, CD_int, CD_int, CD_int));
    b.return_();
    b.labelBinding(nothing);
    // The class file library counts local variables only where code can be reached, as here.
    b.iconst_0().istore(lastLocal);
    b.return_();
  }

  private void prologue() {
    // Called with no budget to be compiled before it is needed.
    b.iload(BUDGET).ifle(nothing);
    b.aload(REGION_GIVEN).astore(THIS);
    b.aload(C).getfield(PROCESSOR, "eip", CD_int).istore(EIP);
    if (returns) {
      b.aload(C).invokevirtual(PROCESSOR, "mapping", MethodTypeDesc.of(CD_int)).istore(MAPPING);
    }
    b.aload(C).getfield(PROCESSOR, "r", INTS).astore(REGISTERS);
    b.aload(C).getfield(PROCESSOR, "mmu", MMU).dup();
    b.getfield(MMU, "read", MAP).astore(READ);
    b.getfield(MMU, "write", MAP).astore(WRITE);
    memory.prologue();
    reloadAll();
    if (nodes.values().stream().anyMatch(this::dynamic)) {
      flags.prologue();
    }
    if (usesSimd) {
      simd.prologue(b);
    }
    int[] entries = plan.entries();
    if (entries.length > 1) {
      Label first = b.newLabel();
      List<SwitchCase> cases = new ArrayList<>();
      List<Label> ways = new ArrayList<>();
      for (int n = 1; n < entries.length; n++) {
        ways.add(b.newLabel());
        cases.add(SwitchCase.of(n, ways.get(n - 1)));
      }
      b.iload(ENTRY).tableswitch(first, cases);
      for (int n = 1; n < entries.length; n++) {
        b.labelBinding(ways.get(n - 1));
        b.iload(EIP).loadConstant(entries[n]).isub().istore(EIP);
        b.goto_(nodes.get(entries[n]).label);
      }
      b.labelBinding(first);
    }
  }

  /** Takes over from the processor what may change while the mapping stays. */
  private void reloadAll() {
    reload(used);
    for (int n = 0; n < 6; n++) {
      if (base[n] != 0) {
        segment("base", INTS, n).iaload().istore(base[n]);
      }
      if (limits[n] != 0) {
        segment("readLimit", LONGS, n).laload().lstore(limits[n]);
        segment("writeLimit", LONGS, n).laload().lstore(limits[n] + 2);
      }
    }
  }

  private boolean usesSegment(int n) {
    return (plan.modeMask() >>> n & 1) != 0;
  }

  private CodeBuilder segment(String field, ClassDesc type, int n) {
    return b.aload(C)
        .getfield(PROCESSOR, "segments", SEGMENTS)
        .getfield(SEGMENTS, field, type)
        .loadConstant(n);
  }

  boolean flat(int segment) {
    return (mode >>> segment & 1) != 0;
  }

  /** Whether no offset is past the segment's limit. */
  private boolean whole(int segment) {
    return flat(segment)
        || ((mode & plan.modeMask()) >>> segment + SegmentRegisters.WHOLE_SHIFT & 1) != 0;
  }

  private void reload(int registers) {
    for (int n = 0; n < 8; n++) {
      if ((registers >>> n & 1) != 0) {
        memory.loadInt(REGISTERS, n);
        b.istore(GENERAL + n);
      }
    }
  }

  private void spill(int registers) {
    for (int n = 0; n < 8; n++) {
      if ((registers >>> n & 1) != 0) {
        memory.storeInt(REGISTERS, n, GENERAL + n);
      }
    }
  }

  // ---- Blocks

  private void emit(Node next) {
    node = next;
    node.emitted = true;
    b.labelBinding(node.label);
    FlagState met = dynamic(node) ? FlagState.ALL_DYNAMIC : FlagState.ALL_HELD;
    flags.begin(node.inherited == null ? met : node.inherited);
    dirty = node.dirty;
    simd.forget();
    Plan.BasicBlock block = node.block;
    int count = block.insns().size();
    b.iinc(BUDGET, -count);
    int[] lives = flow.liveAfter(block);
    if (!followsOnly(node.order)) {
      windows = new Windows(plan.windows() ? straightOn(node.order) : List.of(), stack32());
      windowLocals.clear();
    }
    for (index = 0; index < count; index++) {
      insn = block.insns().get(index);
      stateBefore = flags.state;
      insnLocals.clear();
      live = lives[index + 1];
      miss = null;
      boolean last = index == count - 1;
      if (last && block.end() != Plan.End.FALL) {
        end(block);
        windows.pass(insn);
        return;
      }
      instruction();
      windows.pass(insn);
    }
    goTo(block.after());
  }

  /** Whether a block, by its number in order, is come to from the one before it and no other. */
  private boolean followsOnly(int order) {
    if (order == 0) {
      return false;
    }
    Plan.BasicBlock before = plan.blocks().get(order - 1);
    Plan.BasicBlock block = plan.blocks().get(order);
    return (before.end() == Plan.End.FALL || before.end() == Plan.End.CONDITIONAL)
        && before.after() == block.offset()
        && nodes.get(block.offset()).predecessors == 1;
  }

  /** The instructions of a block and of those that only follow it. */
  private List<Insn> straightOn(int order) {
    List<Insn> all = new ArrayList<>(plan.blocks().get(order).insns());
    for (int n = order + 1; n < plan.blocks().size() && followsOnly(n); n++) {
      all.addAll(plan.blocks().get(n).insns());
    }
    return all;
  }

  private int after() {
    return node.block.offsets()[index + 1];
  }

  /** Where to go if the instruction cannot be done here. */
  Label miss() {
    if (miss == null) {
      miss = b.newLabel();
      Label here = miss;
      int at = node.block.offsets()[index];
      int undone = remaining();
      FlagState known = stateBefore;
      cold.add(
          () -> {
            b.labelBinding(here);
            leave(at, undone, known);
          });
    }
    return miss;
  }

  /** As {@link #miss}, as the accesses of a window are in two pages. */
  private Label crossed() {
    Label here = b.newLabel();
    int at = node.block.offsets()[index];
    int why = remaining() | Region.CROSSED;
    FlagState known = stateBefore;
    cold.add(
        () -> {
          b.labelBinding(here);
          leave(at, why, known);
        });
    return here;
  }

  /**
   * The way out, to go on at an offset: that and why (see {@link Region#leave}) are on the stack
   * from here on.
   */
  private void leave(int at, int why, FlagState known) {
    b.loadConstant(at);
    b.loadConstant(why);
    Label label = handOver.get(known);
    if (label == null) {
      label = b.newLabel();
      handOver.put(known, label);
      Label here = label;
      cold.add(
          () -> {
            b.labelBinding(here);
            flags.store(known);
            b.goto_(leave);
          });
    }
    b.goto_(label);
  }

  /** Continues at an offset, in this region or outside. */
  private void goTo(int offset) {
    Node target = nodes.get(offset);
    if (target == null) {
      leave(offset, 0, flags.state);
      return;
    }
    prepare(target);
    if (target.emitted || target.order != node.order + 1) {
      b.goto_(target.label);
    }
  }

  /** What has to be done on the way from here to a block of this region. */
  private void prepare(Node target) {
    if (target.emitted) {
      Label out = b.newLabel();
      FlagState known = flags.state;
      b.iload(BUDGET).ifle(out);
      cold.add(
          () -> {
            b.labelBinding(out);
            leave(target.block.offset(), 0, known);
          });
    }
    if (target.predecessors == 1) {
      target.inherited = flags.state;
    } else {
      meet(target);
    }
  }

  /** Puts the flags where a block that is come to from several others expects them. */
  private void meet(Node target) {
    if (dynamic(target)) {
      flags.makeDynamic(flags.state);
    } else if (flow.liveIn(target.block.offset()) != 0) {
      flags.store();
    }
  }

  /** Whether the flags are in local variables where a block begins: there a loop does. */
  private boolean dynamic(Node target) {
    return target.loop && target.predecessors > 1 && flow.liveIn(target.block.offset()) != 0;
  }

  /** Whether going to the block is a plain branch. */
  private boolean plain(Node target) {
    return !target.emitted
        && (target.predecessors == 1
            || flow.liveIn(target.block.offset()) == 0
            || (dynamic(target) ? flags.state == FlagState.ALL_DYNAMIC : flags.stored));
  }

  // ---- Ends of blocks

  private boolean jumpsHere(int offset) {
    return plan.flatCode() || nodes.containsKey(offset);
  }

  private void end(Plan.BasicBlock block) {
    Meaning m = Meaning.of(insn);
    if (block.end() == Plan.End.LEAVE) {
      callRaw(m);
      if (comesBack(block)) {
        comeBack("goOn");
        return;
      }
      b.aload(C).iload(BUDGET);
      b.invokestatic(REGION, "left", MethodTypeDesc.of(CD_void, PROCESSOR, CD_int));
      b.return_();
      return;
    }
    boolean wrongSize = insn.operand16 == plan.code32();
    boolean bounded =
        switch (block.end()) {
          case INDIRECT -> plan.flatCode();
          case CONDITIONAL -> jumpsHere(block.target()) && jumpsHere(block.after());
          default -> jumpsHere(block.target());
        };
    if (wrongSize || !bounded) {
      b.goto_(miss());
      return;
    }
    switch (block.end()) {
      case JUMP -> goTo(block.target());
      case CALL -> {
        push(bits(), () -> returnAddress());
        if (comesBack(block)) {
          b.iload(EIP).loadConstant(block.target()).iadd().istore(VALUE);
          callOut();
        } else {
          goTo(block.target());
        }
      }
      case CONDITIONAL -> conditional(m, block);
      case INDIRECT -> indirect(m, block);
      case FALL, LEAVE -> throw new AssertionError(block.end());
    }
  }

  /** Calls the function at the address in VALUE, which is not of this region. */
  private void callOut() {
    spill(dirty);
    dirty = 0;
    flags.store();
    b.aload(C).iload(VALUE).putfield(PROCESSOR, "eip", CD_int);
    comeBack("call");
  }

  /** Lets a method of Region do something, and goes on here if that came back. */
  private void comeBack(String method) {
    Label back = b.newLabel();
    b.aload(C).aload(THIS).iload(BUDGET);
    returnAddress();
    b.iload(MAPPING);
    b.invokestatic(
        REGION, method, MethodTypeDesc.of(CD_int, PROCESSOR, REGION, CD_int, CD_int, CD_int));
    b.istore(BUDGET).iload(BUDGET).ifgt(back).return_().labelBinding(back);
    reloadAll();
    flags.held();
    goTo(after());
  }

  private void returnAddress() {
    b.iload(EIP).loadConstant(after()).iadd();
  }

  int bits() {
    return insn.operand16 ? 16 : 32;
  }

  private void conditional(Meaning m, Plan.BasicBlock block) {
    Label taken = b.newLabel();
    Node target = nodes.get(block.target());
    boolean direct = target != null && plain(target);
    if (direct) {
      prepare(target);
    }
    Label to = direct ? target.label : taken;
    switch (m.name) {
      case "Branch.jcc" -> flags.branchIf(m.constant, to);
      case "Branch.jcxz" -> {
        readRegister(ECX, insn.address16 ? 16 : 32);
        b.ifeq(to);
      }
      default -> {
        readRegister(ECX, insn.address16 ? 16 : 32);
        b.iconst_1().isub();
        writeRegister(ECX, insn.address16 ? 16 : 32);
        Label not = b.newLabel();
        readRegister(ECX, insn.address16 ? 16 : 32);
        if (m.name.equals("Branch.loop")) {
          b.ifne(to);
        } else {
          b.ifeq(not);
          flags.branchIf(m.name.equals("Branch.loope") ? 4 : 5, to);
          b.labelBinding(not);
        }
      }
    }
    if (!direct) {
      Node from = node;
      FlagState known = flags.state;
      boolean stored = flags.stored;
      cold.add(
          () -> {
            node = from;
            flags.state = known;
            flags.stored = stored;
            b.labelBinding(taken);
            goToFar(block.target());
          });
      if (target != null && target.predecessors == 1) {
        target.inherited = known;
      }
    }
    goTo(block.after());
  }

  /** As goTo, from code that is out of line. */
  private void goToFar(int offset) {
    Node target = nodes.get(offset);
    if (target == null) {
      leave(offset, 0, flags.state);
      return;
    }
    boolean backward = target.order <= node.order;
    if (backward) {
      Label out = b.newLabel();
      FlagState known = flags.state;
      b.iload(BUDGET).ifle(out);
      cold.add(
          () -> {
            b.labelBinding(out);
            leave(offset, 0, known);
          });
    }
    if (target.predecessors != 1) {
      meet(target);
    }
    b.goto_(target.label);
  }

  private void indirect(Meaning m, Plan.BasicBlock block) {
    switch (m.name) {
      case "Branch.ret", "Branch.retImmediate" -> {
        pop(bits(), m.name.equals("Branch.ret") ? 0 : insn.immediate);
      }
      case "Branch.callNear" -> {
        operand(m.operands.get(0), false);
        b.istore(VALUE);
        int target = local();
        b.iload(VALUE).istore(target);
        push(bits(), () -> returnAddress());
        b.iload(target).istore(VALUE);
      }
      default -> {
        operand(m.operands.get(0), false);
        b.istore(VALUE);
      }
    }
    Label out = b.newLabel();
    List<SwitchCase> cases = new ArrayList<>();
    boolean dynamic = false;
    for (int target : block.indirect()) {
      Node to = nodes.get(target);
      if (to == null) {
        continue;
      }
      // Every target is prepared alike: the budget is looked at, and the processor has the flags.
      cases.add(SwitchCase.of(target, to.label));
      if (to.predecessors == 1) {
        to.predecessors = 2;
      }
      dynamic |= dynamic(to);
    }
    if (!cases.isEmpty()) {
      flags.store();
      if (dynamic) {
        flags.makeDynamic(FlagState.ALL_HELD);
      }
      Label end = b.newLabel();
      b.iload(BUDGET).ifle(end);
      b.iload(VALUE).iload(EIP).isub();
      b.lookupswitch(end, cases);
      b.labelBinding(end);
    }
    b.labelBinding(out);
    if (comesBack(block)) {
      callOut();
      return;
    }
    flags.store();
    b.iload(VALUE).iload(EIP).isub().iconst_0();
    b.goto_(leave);
  }

  // ---- Instructions

  private void instruction() {
    Meaning m = Meaning.of(insn);
    if (!Effects.of(insn).own()) {
      callRaw(m);
      simd.forget();
      return;
    }
    if (SimdEmitter.handles(m)) {
      simd.emit(m, insn);
      return;
    }
    integers.emit(m, insn);
  }

  boolean wants(int flags) {
    return (live & flags) != 0;
  }

  /** A local variable until the end of the instruction, or for as long as the flags need it. */
  int local() {
    int slot = firstFree;
    while (taken(slot)) {
      slot++;
    }
    take(insnLocals, slot);
    return slot;
  }

  /** Two local variables, for a long. */
  int localPair() {
    int slot = firstFree;
    while (taken(slot) || taken(slot + 1)) {
      slot++;
    }
    take(insnLocals, slot);
    take(insnLocals, slot + 1);
    return slot;
  }

  /** The flags from before the instruction are kept: it may be left to the interpreter. */
  private boolean taken(int slot) {
    return insnLocals.get(slot)
        || windowLocals.get(slot)
        || flags.state.uses(slot)
        || stateBefore.uses(slot);
  }

  private void take(BitSet locals, int slot) {
    locals.set(slot);
    lastLocal = Math.max(lastLocal, slot);
  }

  Value keep() {
    int slot = local();
    b.istore(slot);
    return new Value.Local(slot);
  }

  static ClassDesc owner(Meaning m) {
    return ClassDesc.of(m.owner);
  }

  /** Sets all arithmetic flags to those on the stack, in their places in EFLAGS. */
  void flagsGiven() {
    if (wants(Processor.ARITHMETIC)) {
      flags.given();
    } else {
      b.pop();
    }
  }

  /** How many instructions of the block there are from this one on. */
  private int remaining() {
    return node.block.insns().size() - index;
  }

  // ---- Calls of the semantics

  void callRaw(Meaning m) {
    Effects effects = Effects.of(insn);
    boolean last = node.block.end() == Plan.End.LEAVE && remaining() == 1;
    spill(dirty);
    dirty = 0;
    flags.store();
    int undone = remaining();
    int at = node.block.offsets()[index];
    b.aload(C).iload(EIP).loadConstant(at).iadd().putfield(PROCESSOR, "start", CD_int);
    b.aload(C).iload(EIP).loadConstant(after()).iadd().putfield(PROCESSOR, "eip", CD_int);
    b.aload(C).iload(BUDGET).putfield(PROCESSOR, "unused", CD_int);
    b.aload(C).loadConstant(undone).putfield(PROCESSOR, "undone", CD_int);
    int number = raw.size();
    raw.add(insn);
    boolean direct = m.form == Meaning.Form.RAW;
    if (!direct) {
      b.aload(THIS).getfield(REGION, "insns", INSN.arrayType()).loadConstant(number).aaload();
      b.getfield(INSN, "handler", HANDLER);
    }
    b.aload(C);
    b.aload(THIS).getfield(REGION, "insns", INSN.arrayType()).loadConstant(number).aaload();
    if (direct) {
      b.invokestatic(owner(m), m.method, RAW);
    } else {
      b.invokevirtual(HANDLER, "run", RAW);
    }
    if (last) {
      return;
    }
    reload(effects.writes() & used);
    if ((m.row.modified() & Processor.ARITHMETIC) != 0
        || (m.row.undefined() & Processor.ARITHMETIC) != 0) {
      flags.held();
    }
    boolean onlyRegisters =
        insn.rm >= 0 && (m.owner.contains(".fpu.") || m.owner.contains(".simd."));
    if (insn.repeat != 0) {
      // Before the question whether the code was overwritten: the rest of the steps is still to do.
      stopIfIncomplete(at, undone - 1);
    }
    if (!onlyRegisters) {
      stopIfChanged(undone - 1);
    }
    if (m.row.has("end")) {
      stopForEvents(undone - 1);
    }
  }

  /** PUSH of a segment register: 16 bits in a slot of 32. */
  void pushSegment(int n) {
    checkStack(ESP, -4, 16, true);
    found();
    segment("selector", INTS, n).iaload();
    storeAt(16);
    moveStack(-4);
  }

  /** PUSHFD; virtual-8086 mode is left to the interpreter. */
  void pushFlags() {
    b.aload(C).getfield(PROCESSOR, "eflags", CD_int).loadConstant(Processor.VM).iand();
    b.ifne(miss());
    checkStack(ESP, -4, 32, true);
    flags.store();
    found();
    b.aload(C).iconst_0();
    b.invokestatic(FLAG_CONTROL, "pushed", MethodTypeDesc.of(CD_int, PROCESSOR, CD_boolean));
    storeAt(32);
    moveStack(-4);
  }

  /** POPFD at privilege 0, and the way out for an interrupt that waits. */
  void popFlags() {
    b.aload(C).getfield(PROCESSOR, "cpl", CD_int).ifne(miss());
    pop(32, 0);
    b.aload(C).iload(VALUE).iconst_0();
    b.invokestatic(
        FLAG_CONTROL, "popped", MethodTypeDesc.of(CD_void, PROCESSOR, CD_int, CD_boolean));
    flags.held();
    stopForEvents(remaining() - 1);
  }

  /** CLI where it acts on IF. */
  void disableInterrupts() {
    interruptFlag("disableInterrupts");
  }

  /** STI where it acts on IF, and the way out for an interrupt that waits. */
  void enableInterrupts() {
    int undone = remaining() - 1;
    b.aload(C).iload(EIP).loadConstant(after()).iadd().putfield(PROCESSOR, "eip", CD_int);
    // The shadow begins at this instruction, of all those at this EIP.
    b.aload(C).iload(BUDGET).loadConstant(undone).iadd().putfield(PROCESSOR, "unused", CD_int);
    interruptFlag("enableInterrupts");
    stopForEvents(undone);
  }

  private void interruptFlag(String method) {
    b.aload(C).invokevirtual(PROCESSOR, "mayChangeInterruptFlag", MethodTypeDesc.of(CD_boolean));
    b.ifeq(miss());
    b.aload(C).invokevirtual(PROCESSOR, method, MethodTypeDesc.of(CD_void));
  }

  /** The instruction may have overwritten this code. */
  private void stopIfChanged(int undone) {
    Label changed = b.newLabel();
    FlagState known = flags.state;
    int next = after();
    b.aload(THIS).getfield(REGION, "valid", CD_boolean).ifeq(changed);
    cold.add(
        () -> {
          b.labelBinding(changed);
          leave(next, undone, known);
        });
  }

  /** Interrupts may have been enabled. */
  private void stopForEvents(int undone) {
    Label event = b.newLabel();
    FlagState known = flags.state;
    int next = after();
    b.aload(C).getfield(PROCESSOR, "events", CD_int).ifne(event);
    cold.add(
        () -> {
          b.labelBinding(event);
          leave(next, undone, known);
        });
  }

  /** A repeated instruction does a part of its steps and is then to be executed again. */
  private void stopIfIncomplete(int at, int undone) {
    Label again = b.newLabel();
    FlagState known = flags.state;
    b.aload(C).getfield(PROCESSOR, "eip", CD_int);
    b.iload(EIP).loadConstant(after()).iadd().if_icmpne(again);
    cold.add(
        () -> {
          b.labelBinding(again);
          leave(at, undone, known);
        });
  }

  // ---- Operands

  boolean stack32() {
    return (mode & SegmentRegisters.STACK32) != 0;
  }

  /** Pushes the value of an operand; {@code target}: a memory operand is checked for writing. */
  void operand(Meaning.Operand o, boolean target) {
    int width = o.width(bits());
    if (Meaning.inMemory(o, insn)) {
      checkOperand(width, target);
      found();
      load(width);
      return;
    }
    switch (o.letter()) {
      case "E" -> readRegister(insn.rm, width);
      case "G", "Z" -> readRegister(insn.reg, width);
      case "R" -> readRegister(insn.rm, 32);
      case "I" -> b.loadConstant(insn.immediate);
      case "M" -> address();
      case "" -> {
        switch (o.text()) {
          case "AL", "AX", "eAX" -> readRegister(EAX, width);
          case "CL" -> readRegister(ECX, 8);
          case "DX" -> readRegister(EDX, 16);
          case "1" -> b.iconst_1();
          default -> throw new AssertionError(o.text());
        }
      }
      default -> throw new AssertionError(o.text());
    }
  }

  void memoryTarget(Meaning.Operand o) {
    checkOperand(o.width(bits()), true);
  }

  /** Stores the value on the stack in an operand that is a register. */
  void store(Meaning.Operand o, int width) {
    switch (o.letter()) {
      case "E" -> writeRegister(insn.rm, width);
      case "G", "Z" -> writeRegister(insn.reg, width);
      case "" -> writeRegister(EAX, width);
      default -> throw new AssertionError(o.text());
    }
  }

  /** As store, or to the memory that was read for the same operand. */
  void storeResult(Meaning.Operand o, int width) {
    if (Meaning.inMemory(o, insn)) {
      storeFound(width);
    } else {
      store(o, width);
    }
  }

  void readRegister(int n, int bits) {
    switch (bits) {
      case 8 -> {
        b.iload(GENERAL + (n & 3));
        if (n >= 4) {
          b.bipush(8).iushr();
        }
        b.sipush(0xFF).iand();
      }
      case 16 -> b.iload(GENERAL + n).loadConstant(0xFFFF).iand();
      default -> b.iload(GENERAL + n);
    }
  }

  void writeRegister(int n, int bits) {
    switch (bits) {
      case 8 -> {
        int register = n & 3;
        b.sipush(0xFF).iand();
        if (n >= 4) {
          b.bipush(8).ishl();
        }
        b.iload(GENERAL + register).loadConstant(n >= 4 ? ~0xFF00 : ~0xFF).iand().ior();
        b.istore(GENERAL + register);
        dirty |= 1 << register;
      }
      case 16 -> {
        b.loadConstant(0xFFFF).iand();
        b.iload(GENERAL + n).loadConstant(~0xFFFF).iand().ior().istore(GENERAL + n);
        dirty |= 1 << n;
      }
      default -> {
        b.istore(GENERAL + n);
        dirty |= 1 << n;
      }
    }
  }

  /** Makes the long that an int on the stack was extended to its unsigned value. */
  void unsign(boolean signed) {
    if (!signed) {
      b.loadConstant(0xFFFFFFFFL).land();
    }
  }

  // ---- Memory

  /** Pushes the offset of the memory operand in its segment. */
  void address() {
    boolean some = false;
    if (insn.base != Insn.NO_REGISTER) {
      b.iload(GENERAL + insn.base);
      some = true;
    }
    if (insn.index != Insn.NO_REGISTER) {
      b.iload(GENERAL + insn.index);
      if (insn.scale != 0) {
        b.loadConstant(insn.scale).ishl();
      }
      if (some) {
        b.iadd();
      }
      some = true;
    }
    if (insn.displacement != 0 || !some) {
      b.loadConstant(insn.displacement);
      if (some) {
        b.iadd();
      }
    }
    if (insn.address16) {
      b.loadConstant(0xFFFF).iand();
    }
  }

  /**
   * Takes an offset in a segment from the stack, checks it, and finds the page: PAGE_FOUND, the
   * offset in OFFSET, and the address in LINEAR.
   */
  void check(int segment, int bits, boolean writing) {
    check(segment, bits, writing, true);
  }

  /**
   * @param high whether the offset may be one of the last of 4 GiB
   */
  private void check(int segment, int bits, boolean writing, boolean high) {
    if (whole(segment) && !(writing && segment == Processor.CS)) {
      if (!flat(segment)) {
        b.istore(LINEAR);
        if (high && bits > 8) {
          // What goes on past the end is not at the begin; of a flat segment that is another page.
          b.iload(LINEAR).loadConstant(Integer.MIN_VALUE).ixor();
          b.loadConstant(Integer.MIN_VALUE ^ -(bits / 8)).if_icmpgt(miss());
        }
        b.iload(base[segment]).iload(LINEAR).iadd();
      }
    } else {
      b.istore(LINEAR);
      b.iload(LINEAR).i2l();
      unsign(false);
      if (bits > 8) {
        b.loadConstant((long) (bits / 8 - 1)).ladd();
      }
      if (flat(segment)) {
        // Code that may be read everywhere, but seldom written.
        segment("writeLimit", LONGS, segment).laload().lcmp().ifgt(miss());
        b.iload(LINEAR);
      } else {
        b.lload(limits[segment] + (writing ? 2 : 0)).lcmp().ifgt(miss());
        b.iload(base[segment]).iload(LINEAR).iadd();
      }
    }
    b.istore(LINEAR);
    findPage(LINEAR, PAGE_FOUND, OFFSET, writing);
    if (bits > 8) {
      stayInPage(OFFSET, bits / 8, miss());
    }
    foundPage = PAGE_FOUND;
    foundOffset = OFFSET;
    foundDistance = 0;
  }

  /** Looks up a linear address: its page, and the offset in that. All are local variables. */
  private void findPage(int address, int page, int offset, boolean writing) {
    memory.element(
        writing ? WRITE : READ, () -> b.iload(address).bipush(PhysicalMemory.PAGE_SHIFT).iushr());
    b.dup().astore(page).ifnull(miss());
    b.iload(address).sipush(PhysicalMemory.PAGE_MASK).iand().istore(offset);
  }

  /** Goes to a label if some bytes from an offset in a local variable are in two pages. */
  private void stayInPage(int offset, int bytes, Label crossing) {
    b.iload(offset).sipush(PhysicalMemory.PAGE_SIZE - bytes).if_icmpgt(crossing);
  }

  /**
   * As {@link #check}, by a window if the access is in one.
   *
   * @return false if it is in none, and nothing was done
   */
  private boolean checkWindow(int segment, int base, int delta, int bits, boolean writing) {
    if (!flat(segment) || writing && segment == Processor.CS) {
      return false;
    }
    Windows.Window w = windows.of(base, delta, bits / 8, writing);
    if (w == null) {
      return false;
    }
    foundDistance = windows.distance(base, delta) - w.low;
    if (w.page < 0) {
      w.page = local();
      w.offset = local();
      windowLocals.set(w.page);
      windowLocals.set(w.offset);
      if (base == Insn.NO_REGISTER) {
        b.loadConstant(delta - foundDistance);
      } else {
        b.iload(GENERAL + base);
        if (delta != foundDistance) {
          b.loadConstant(delta - foundDistance).iadd();
        }
      }
      b.istore(LINEAR);
      findPage(LINEAR, w.page, w.offset, w.writing);
      if (!w.fixed) {
        stayInPage(w.offset, (int) (w.high - w.low), crossed());
      }
    }
    foundPage = w.page;
    foundOffset = w.offset;
    return true;
  }

  /** As {@link #check}, for the memory operand of the instruction. */
  void checkOperand(int bits, boolean writing) {
    boolean simple = insn.index == Insn.NO_REGISTER && !insn.address16;
    if (simple && checkWindow(insn.segment, insn.base, insn.displacement, bits, writing)) {
      return;
    }
    address();
    boolean fixed = insn.base == Insn.NO_REGISTER && insn.index == Insn.NO_REGISTER;
    boolean low = fixed && Integer.compareUnsigned(insn.displacement, -(bits / 8)) <= 0;
    check(insn.segment, bits, writing, !low && !insn.address16);
  }

  /** As {@link #check}, in the stack {@code delta} bytes from what ESP or EBP has. */
  void checkStack(int base, int delta, int bits, boolean writing) {
    if (stack32() && checkWindow(SS, base, delta, bits, writing)) {
      return;
    }
    b.iload(GENERAL + base);
    if (delta != 0) {
      b.loadConstant(delta).iadd();
    }
    if (!stack32()) {
      b.loadConstant(0xFFFF).iand();
    }
    check(SS, bits, writing, stack32());
  }

  /** As {@link #check}, and begins the access. */
  void find(int segment, int bits, boolean writing) {
    check(segment, bits, writing);
    found();
  }

  /** Begins an access to what a check found, which {@link #load} or {@link #storeAt} ends. */
  void found() {
    found(0);
  }

  /**
   * @param further bytes from there
   */
  void found(int further) {
    memory.at(foundPage, foundOffset, foundDistance + further);
  }

  void load(int bits) {
    memory.load(bits);
  }

  void storeAt(int bits) {
    memory.store(bits);
  }

  /** Stores the value on the stack where {@link #check} found the page. */
  void storeFound(int bits) {
    b.istore(VALUE);
    found();
    b.iload(VALUE);
    storeAt(bits);
  }

  void moveStack(int delta) {
    b.iload(GENERAL + ESP).loadConstant(delta).iadd();
    writeRegister(ESP, stack32() ? 32 : 16);
  }

  void push(int bits, Runnable value) {
    checkStack(ESP, -bits / 8, bits, true);
    found();
    value.run();
    storeAt(bits);
    moveStack(-bits / 8);
  }

  /** Leaves what is popped in VALUE, and moves the stack's top past it and {@code more} bytes. */
  void pop(int bits, int more) {
    checkStack(ESP, 0, bits, false);
    found();
    load(bits);
    b.istore(VALUE);
    moveStack(bits / 8 + more);
  }
}
