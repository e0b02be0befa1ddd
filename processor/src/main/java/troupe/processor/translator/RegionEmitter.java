package troupe.processor.translator;

import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;
import static troupe.processor.Processor.EAX;
import static troupe.processor.Processor.EBP;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import troupe.processor.Processor;
import troupe.processor.SegmentRegisters;
import troupe.processor.decode.Insn;
import troupe.processor.memory.GuestPage;
import troupe.processor.semantics.Bits;
import troupe.processor.semantics.Flags;
import troupe.processor.translator.FlagState.Source;
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
  private static final ClassDesc MMU = desc(troupe.processor.memory.Mmu.class);
  private static final ClassDesc PAGE = desc(GuestPage.class);
  private static final ClassDesc LAZY = desc(LazyFlags.class);
  private static final ClassDesc FLAGS = desc(Flags.class);
  private static final ClassDesc INTS = CD_int.arrayType();
  private static final ClassDesc LONGS = CD_long.arrayType();
  private static final ClassDesc BYTES = ClassDesc.ofDescriptor("[B");
  private static final ClassDesc MAP = ClassDesc.ofDescriptor("[[B");
  private static final ClassDesc INTEGER = ClassDesc.of("java.lang.Integer");
  private static final MethodTypeDesc RUN = MethodTypeDesc.of(CD_void, PROCESSOR, CD_int, CD_int);
  private static final MethodTypeDesc RAW = MethodTypeDesc.of(CD_void, PROCESSOR, INSN);
  private static final MethodTypeDesc FLAG4 =
      MethodTypeDesc.of(CD_int, CD_int, CD_int, CD_int, CD_int);

  // Arguments of the generated method: first the region itself, last the number of the entry.
  private static final int REGION_GIVEN = 0;
  static final int C = 1;
  private static final int BUDGET = 2;
  private static final int ENTRY = 3;

  // Its local variables. Instructions for those with numbers below four have one byte, so what is
  // used most takes the places of arguments that only the prologue needs.
  private static final int PAGE_FOUND = REGION_GIVEN;
  static final int LINEAR = ENTRY;
  private static final int EIP = 4;
  private static final int READ = 5;
  private static final int WRITE = 6;
  private static final int REGISTERS = 7;
  private static final int GENERAL = 8;
  private static final int FK = 16;
  private static final int CK = 20;
  private static final int LEAVE_AT = 24;
  private static final int UNDONE = 25;
  private static final int THIS = 26;
  private static final int TEMP = 29;
  private static final int VALUE = 30;
  private static final int BASE = 31;
  private static final int READ_LIMIT = 37;
  private static final int WRITE_LIMIT = 49;
  private static final int CARRY_OUT = 61;
  private static final int OVERFLOW_OUT = 62;
  private static final int MAPPING = 63;

  /** Local variables of {@link SimdEmitter}. */
  static final int VECTOR = 64;

  private static final int FIRST_FREE = VECTOR + SimdEmitter.LOCALS;

  private final Plan plan;
  private final FlagFlow flow;
  private final List<Insn> raw = new ArrayList<>();
  private final Map<Integer, Node> nodes = new HashMap<>();
  private final List<Runnable> cold = new ArrayList<>();
  private final SimdEmitter simd = new SimdEmitter(this);
  private boolean usesSimd;
  private final Map<FlagState, Label> handOver = new IdentityHashMap<>();
  private final int used;
  private final int written;

  /** Whether something outside comes back into the middle of the method. */
  private final boolean returns;

  private final int mode;
  private CodeBuilder b;
  private Label leave;
  private int codeSize;

  // The place being emitted.
  private Node node;
  private int index;
  private Insn insn;
  private FlagState state;
  private FlagState stateBefore;
  private int live;
  private int dirty;
  private boolean flagsStored;
  private int free;
  private Label miss;

  /** What is known of a basic block while emitting. */
  private static final class Node {
    final Plan.BasicBlock block;
    final int order;
    int predecessors;
    Label label;
    FlagState inherited;
    int free = FIRST_FREE;
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
      }
    }
    used = reads | writes;
    written = writes;
    returns = plan.blocks().stream().anyMatch(this::comesBack);
    for (Plan.BasicBlock block : plan.blocks()) {
      switch (block.end()) {
        case FALL -> arrow(block.after());
        case CONDITIONAL -> {
          arrow(block.after());
          arrow(block.target());
        }
        case JUMP -> arrow(block.target());
        case CALL -> arrow(nodes.containsKey(block.target()) ? block.target() : block.after());
        case INDIRECT -> {
          for (int target : block.indirect()) {
            arrow(target);
          }
          arrow(block.after());
        }
        case LEAVE -> arrow(block.after());
      }
    }
    for (int entry : plan.entries()) {
      arrow(entry);
    }
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

  private void arrow(int offset) {
    Node target = nodes.get(offset);
    if (target != null) {
      target.predecessors++;
    }
  }

  private static ClassDesc desc(Class<?> type) {
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
                    type.withSuperclass(REGION)
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
    leave = b.newLabel();
    nodes.values().forEach(n -> n.label = b.newLabel());
    prologue();
    for (Plan.BasicBlock block : plan.blocks()) {
      emit(nodes.get(block.offset()));
    }
    for (int n = 0; n < cold.size(); n++) {
      cold.get(n).run();
    }
    b.labelBinding(leave);
    b.istore(UNDONE).istore(LEAVE_AT);
    spill(written);
    storeDynamicFlags();
    b.aload(C).iload(EIP).iload(LEAVE_AT).iadd().iload(BUDGET).iload(UNDONE);
    b.invokestatic(REGION, "leave", MethodTypeDesc.of(CD_void, PROCESSOR, CD_int, CD_int, CD_int));
    b.return_();
  }

  private void prologue() {
    Label go = b.newLabel();
    // Called with no budget to be compiled before it is needed.
    b.iload(BUDGET).ifgt(go).return_().labelBinding(go);
    b.aload(REGION_GIVEN).astore(THIS).aconst_null().astore(PAGE_FOUND);
    b.aload(C).getfield(PROCESSOR, "eip", CD_int).istore(EIP);
    if (returns) {
      b.aload(C).invokevirtual(PROCESSOR, "mapping", MethodTypeDesc.of(CD_int)).istore(MAPPING);
    }
    b.aload(C).getfield(PROCESSOR, "r", INTS).astore(REGISTERS);
    reloadAll();
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

  /** Takes over from the processor all that is held in local variables. */
  private void reloadAll() {
    b.aload(C).getfield(PROCESSOR, "mmu", MMU).dup();
    b.getfield(MMU, "read", MAP).astore(READ);
    b.getfield(MMU, "write", MAP).astore(WRITE);
    reload(used);
    loadFlags();
    for (int n = 0; n < 6; n++) {
      if ((plan.modeMask() >>> n & 1) != 0 && !flat(n)) {
        segment("base", INTS, n).iaload().istore(BASE + n);
        segment("readLimit", LONGS, n).laload().lstore(READ_LIMIT + 2 * n);
        segment("writeLimit", LONGS, n).laload().lstore(WRITE_LIMIT + 2 * n);
      }
    }
  }

  private CodeBuilder segment(String field, ClassDesc type, int n) {
    return b.aload(C)
        .getfield(PROCESSOR, "segments", SEGMENTS)
        .getfield(SEGMENTS, field, type)
        .loadConstant(n);
  }

  private boolean flat(int segment) {
    return (mode >>> segment & 1) != 0;
  }

  private void reload(int registers) {
    for (int n = 0; n < 8; n++) {
      if ((registers >>> n & 1) != 0) {
        b.aload(REGISTERS).loadConstant(n).iaload().istore(GENERAL + n);
      }
    }
  }

  private void spill(int registers) {
    for (int n = 0; n < 8; n++) {
      if ((registers >>> n & 1) != 0) {
        b.aload(REGISTERS).loadConstant(n).iload(GENERAL + n).iastore();
      }
    }
  }

  private void loadFlags() {
    String[] fields = {"flagKind", "flagA", "flagB", "flagR"};
    for (int n = 0; n < 4; n++) {
      b.aload(C).getfield(PROCESSOR, fields[n], CD_int).istore(FK + n);
    }
    b.loadConstant(LazyFlags.SAME).istore(CK);
    for (int n = 1; n < 4; n++) {
      b.iconst_0().istore(CK + n);
    }
  }

  // ---- Blocks

  private void emit(Node next) {
    node = next;
    node.emitted = true;
    b.labelBinding(node.label);
    state = node.inherited == null ? FlagState.UNKNOWN : node.inherited;
    free = node.free;
    dirty = written;
    flagsStored = false;
    simd.forget();
    Plan.BasicBlock block = node.block;
    int count = block.insns().size();
    b.iinc(BUDGET, -count);
    int[] lives = flow.liveAfter(block);
    for (index = 0; index < count; index++) {
      insn = block.insns().get(index);
      stateBefore = state;
      live = lives[index + 1];
      miss = null;
      boolean last = index == count - 1;
      if (last && block.end() != Plan.End.FALL) {
        end(block);
        return;
      }
      instruction();
    }
    goTo(block.after());
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
      int undone = node.block.insns().size() - index;
      FlagState flags = stateBefore;
      cold.add(
          () -> {
            b.labelBinding(here);
            leave(at, undone, flags);
          });
    }
    return miss;
  }

  /** The way out, to go on at an offset: that and what is undone are on the stack from here on. */
  private void leave(int at, int undone, FlagState flags) {
    b.loadConstant(at);
    b.loadConstant(undone);
    Label label = handOver.get(flags);
    if (label == null) {
      label = b.newLabel();
      handOver.put(flags, label);
      Label here = label;
      cold.add(
          () -> {
            b.labelBinding(here);
            makeDynamic(flags);
            b.goto_(leave);
          });
    }
    b.goto_(label);
  }

  /** Continues at an offset, in this region or outside. */
  private void goTo(int offset) {
    Node target = nodes.get(offset);
    if (target == null) {
      leave(offset, 0, state);
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
      FlagState flags = state;
      b.iload(BUDGET).ifle(out);
      cold.add(
          () -> {
            b.labelBinding(out);
            leave(target.block.offset(), 0, flags);
          });
    }
    if (target.predecessors == 1) {
      target.inherited = state;
      target.free = free;
    } else if (flow.liveIn(target.block.offset()) != 0) {
      makeDynamic(state);
    }
  }

  /** Whether going to the block is a plain branch. */
  private boolean plain(Node target) {
    return !target.emitted
        && (target.predecessors == 1
            || flow.liveIn(target.block.offset()) == 0
            || state == FlagState.UNKNOWN);
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
    if (!flagsStored) {
      storeFlags();
    }
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
    state = FlagState.UNKNOWN;
    goTo(after());
  }

  private void returnAddress() {
    b.iload(EIP).loadConstant(after()).iadd();
  }

  private int bits() {
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
      case "Branch.jcc" -> branchIf(m.constant, to);
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
          branchIf(m.name.equals("Branch.loope") ? 4 : 5, to);
          b.labelBinding(not);
        }
      }
    }
    if (!direct) {
      Node from = node;
      FlagState flags = state;
      int free = this.free;
      cold.add(
          () -> {
            node = from;
            state = flags;
            this.free = free;
            b.labelBinding(taken);
            goToFar(block.target());
          });
      if (target != null && target.predecessors == 1) {
        target.inherited = flags;
        target.free = free;
      }
    }
    goTo(block.after());
  }

  /** As goTo, from code that is out of line. */
  private void goToFar(int offset) {
    Node target = nodes.get(offset);
    if (target == null) {
      leave(offset, 0, state);
      return;
    }
    boolean backward = target.order <= node.order;
    if (backward) {
      Label out = b.newLabel();
      FlagState flags = state;
      b.iload(BUDGET).ifle(out);
      cold.add(
          () -> {
            b.labelBinding(out);
            leave(offset, 0, flags);
          });
    }
    if (target.predecessors != 1 && flow.liveIn(offset) != 0) {
      makeDynamic(state);
    }
    b.goto_(target.label);
  }

  private void indirect(Meaning m, Plan.BasicBlock block) {
    switch (m.name) {
      case "Branch.ret", "Branch.retImmediate" -> {
        stackAddress(0);
        find(SS, bits(), false);
        load(bits());
        b.istore(VALUE);
        int more = m.name.equals("Branch.ret") ? 0 : insn.immediate;
        moveStack(bits() / 8 + more);
      }
      case "Branch.callNear" -> {
        operand(m.operands.get(0), false);
        b.istore(VALUE);
        int target = free++;
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
    for (int target : block.indirect()) {
      Node to = nodes.get(target);
      if (to == null) {
        continue;
      }
      // Every target is prepared alike: canonical flags, and the budget looked at.
      cases.add(SwitchCase.of(target, to.label));
      if (to.predecessors == 1) {
        to.predecessors = 2;
      }
    }
    if (!cases.isEmpty()) {
      makeDynamic(state);
      state = FlagState.UNKNOWN;
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
    if (state != FlagState.UNKNOWN) {
      makeDynamic(state);
    }
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
    switch (m.form) {
      case PURE -> pure(m);
      case COMPARE -> compare(m);
      case STATEFUL -> stateful(m);
      case ACTION, RAW -> action(m);
    }
  }

  private boolean wants(int flags) {
    return (live & flags) != 0;
  }

  private int local() {
    return free++;
  }

  private Value keep() {
    int slot = local();
    b.istore(slot);
    return new Value.Local(slot);
  }

  private void push(Value value) {
    switch (value) {
      case Value.Constant constant -> b.loadConstant(constant.value());
      case Value.Local local -> b.iload(local.slot());
    }
  }

  /** The value of an operand, which stays the same whatever is written later. */
  private Value operandValue(Meaning.Operand o) {
    if (o.letter().equals("I")) {
      return new Value.Constant(insn.immediate);
    }
    operand(o, false);
    return keep();
  }

  private Value targetValue(Meaning.Operand o) {
    operand(o, o.written());
    return keep();
  }

  private static int sized(int kind8, int bits) {
    return kind8 + (bits == 8 ? 0 : bits == 16 ? 1 : 2);
  }

  private static int kindOf(String name, int bits) {
    return sized(
        switch (name) {
          case "ADD" -> Flags.ADD8;
          case "SUB" -> Flags.SUB8;
          case "LOGIC" -> Flags.LOGIC8;
          default -> throw new AssertionError(name);
        },
        bits);
  }

  private int width(Meaning m) {
    return m.operands.get(0).width(bits());
  }

  private static ClassDesc owner(Meaning m) {
    return ClassDesc.of(m.owner);
  }

  private void pure(Meaning m) {
    Meaning.Operand target = m.operands.get(0);
    int width = width(m);
    if (m.kind == null) {
      // A move or a function of one value.
      Meaning.Operand source = m.operands.get(m.operands.size() - 1);
      boolean first = target.written() && Meaning.inMemory(target, insn);
      if (first) {
        memoryTarget(target);
      }
      if (m.operands.size() == 1 && first) {
        found();
        load(width);
      } else {
        operand(source, false);
      }
      if (!m.method.isEmpty()) {
        b.invokestatic(owner(m), m.method, MethodTypeDesc.of(CD_int, CD_int));
      }
      if (first) {
        storeFound(width);
      } else {
        store(target, width);
      }
      return;
    }
    MethodTypeDesc binary = MethodTypeDesc.of(CD_int, CD_int, CD_int);
    Meaning.Operand second = m.operands.get(1);
    if (!wants(Processor.ARITHMETIC)) {
      if (Meaning.inMemory(second, insn)) {
        Value v = operandValue(second);
        operand(target, true);
        push(v);
      } else {
        operand(target, true);
        operand(second, false);
      }
      b.invokestatic(owner(m), m.method, binary);
      storeResult(target, width);
      return;
    }
    Value a = targetValue(target);
    Value v = operandValue(second);
    push(a);
    push(v);
    b.invokestatic(owner(m), m.method, binary).dup();
    extend(width);
    Value r = keep();
    storeResult(target, width);
    setAll(new Source(kindOf(m.kind, width), a, v, r));
  }

  private void compare(Meaning m) {
    int width = width(m);
    Value a = operandValue(m.operands.get(0));
    Value v = operandValue(m.operands.get(1));
    if (!wants(Processor.ARITHMETIC)) {
      return;
    }
    if (m.kind.equals("SUB")) {
      setAll(new Source(kindOf("SUB", width), a, v, null));
      return;
    }
    push(a);
    push(v);
    b.invokestatic(owner(m), m.method, MethodTypeDesc.of(CD_int, CD_int, CD_int));
    extend(width);
    setAll(new Source(kindOf(m.kind, width), null, null, keep()));
  }

  /** Sets all arithmetic flags to those on the stack, in their places in EFLAGS. */
  void flagsGiven() {
    if (!wants(Processor.ARITHMETIC)) {
      b.pop();
      return;
    }
    b.istore(VALUE);
    b.aload(C).iload(VALUE);
    b.invokevirtual(PROCESSOR, "setAllArithmetic", MethodTypeDesc.of(CD_void, CD_int));
    b.loadConstant(Flags.EAGER).istore(FK);
    b.loadConstant(LazyFlags.SAME).istore(CK);
    state = FlagState.UNKNOWN;
    flagsStored = true;
  }

  private void setAll(Source source) {
    state = FlagState.all(source);
    flagsStored = false;
  }

  private void setState(FlagState next) {
    state = next;
    flagsStored = false;
  }

  /** Sign-extends the result of an operation of {@code width} bits. */
  private void extend(int width) {
    if (width == 8) {
      b.i2b();
    } else if (width == 16) {
      b.i2s();
    }
  }

  private void stateful(Meaning m) {
    Meaning.Operand target = m.operands.get(0);
    int width = width(m);
    switch (m.name) {
      case "Branch.set" -> {
        boolean memory = Meaning.inMemory(target, insn);
        if (memory) {
          memoryTarget(target);
        }
        conditionValue(m.constant);
        if (memory) {
          storeFound(width);
        } else {
          store(target, width);
        }
      }
      case "Branch.cmov" -> {
        operand(m.operands.get(1), false);
        b.istore(VALUE);
        Label not = b.newLabel();
        branchIf(m.constant ^ 1, not);
        b.iload(VALUE);
        store(target, width);
        b.labelBinding(not);
      }
      case "Alu.adc", "Alu.sbb" -> {
        boolean add = m.name.equals("Alu.adc");
        Value a = targetValue(target);
        Value v = operandValue(m.operands.get(1));
        push(a);
        push(v);
        if (add) {
          b.iadd();
        } else {
          b.isub();
        }
        carry();
        if (add) {
          b.iadd();
        } else {
          b.isub();
        }
        resultWithFlags(target, width, add ? Flags.ADD8 : Flags.SUB8, a, v, true);
      }
      case "Alu.neg" -> {
        Value a = targetValue(target);
        push(a);
        b.ineg();
        resultWithFlags(target, width, Flags.SUB8, new Value.Constant(0), a);
      }
      case "Alu.inc", "Alu.dec" -> {
        boolean inc = m.name.equals("Alu.inc");
        operand(target, true);
        b.loadConstant(inc ? 1 : -1).iadd();
        b.dup();
        extend(width);
        Value r = keep();
        storeResult(target, width);
        if (wants(Processor.ARITHMETIC & ~Processor.CF)) {
          Source source = new Source(sized(inc ? Flags.INC8 : Flags.DEC8, width), null, null, r);
          setState(new FlagState(source, state.c(), source));
        }
      }
      case "Alu.bswap" -> {
        operand(target, true);
        b.invokestatic(INTEGER, "reverseBytes", MethodTypeDesc.of(CD_int, CD_int));
        storeResult(target, width);
      }
      case "Shift.shl", "Shift.shr", "Shift.sar" -> {
        int count = Effects.count(m, insn);
        Value a = targetValue(target);
        push(a);
        if (m.method.equals("sar")) {
          extend(width);
        }
        b.loadConstant(count);
        int kind;
        switch (m.method) {
          case "shl" -> {
            b.ishl();
            kind = Flags.SHL8;
          }
          case "shr" -> {
            b.iushr();
            kind = Flags.SHR8;
          }
          default -> {
            b.ishr();
            kind = Flags.SAR8;
          }
        }
        resultWithFlags(target, width, kind, a, new Value.Constant(count));
      }
      case "Shift.rol", "Shift.ror" -> {
        boolean left = m.method.equals("rol");
        operand(target, true);
        b.loadConstant(Effects.count(m, insn));
        b.invokestatic(
            INTEGER,
            left ? "rotateLeft" : "rotateRight",
            MethodTypeDesc.of(CD_int, CD_int, CD_int));
        boolean wanted = wants(Processor.CF | Processor.OF);
        Value r = null;
        if (wanted) {
          b.dup();
          r = keep();
        }
        storeResult(target, width);
        if (wanted) {
          Source source = new Source(left ? Flags.ROL32 : Flags.ROR32, null, null, r);
          setState(new FlagState(state.z(), source, source));
        }
      }
      case "Multiply.imulTruncated" -> {
        int first = m.operands.size() == 3 ? 1 : 0;
        Value a = operandValue(m.operands.get(first));
        Value v = operandValue(m.operands.get(first + 1));
        push(a);
        if (!wants(Processor.ARITHMETIC)) {
          push(v);
          b.imul();
          store(target, width);
          return;
        }
        b.i2l();
        push(v);
        b.i2l().lmul();
        product(Flags.IMUL32);
        b.iload(TEMP);
        store(target, width);
      }
      case "Bits.bsf", "Bits.bsr" -> {
        Value before = operandValue(target);
        Value v = operandValue(m.operands.get(1));
        push(before);
        push(v);
        b.invokestatic(
            desc(Bits.class),
            m.method.equals("bsf") ? "lowest" : "highest",
            MethodTypeDesc.of(CD_int, CD_int, CD_int));
        store(target, width);
        setAll(new Source(Flags.LOGIC32, null, null, v));
      }
      default -> throw new AssertionError(m.name);
    }
  }

  /** Leaves the low half of the product on the stack in TEMP, and sets the flags from both. */
  private void product(int kind) {
    b.dup2().bipush(32).lushr().l2i();
    Value high = keep();
    b.l2i().dup().istore(TEMP);
    Value low = keep();
    setAll(new Source(kind, high, null, low));
  }

  private void resultWithFlags(Meaning.Operand target, int width, int kind8, Value a, Value v) {
    resultWithFlags(target, width, kind8, a, v, false);
  }

  private void resultWithFlags(
      Meaning.Operand target, int width, int kind8, Value a, Value v, boolean carriedIn) {
    boolean wanted = wants(Processor.ARITHMETIC);
    Value r = null;
    if (wanted) {
      b.dup();
      extend(width);
      r = keep();
    }
    storeResult(target, width);
    if (wanted) {
      setAll(new Source(sized(kind8, width), a, v, r, carriedIn));
    }
  }

  private void action(Meaning m) {
    switch (m.name) {
      case "Exchange.nop" -> {}
      case "Stack.push" -> {
        Value v = operandValue(m.operands.get(0));
        push(bits(), () -> push(v));
      }
      case "Stack.popRegister" -> {
        stackAddress(0);
        find(SS, bits(), false);
        load(bits());
        b.istore(VALUE);
        moveStack(bits() / 8);
        b.iload(VALUE);
        writeRegister(insn.reg, bits());
      }
      case "Stack.leave" -> {
        readRegister(EBP, stack32() ? 32 : 16);
        b.istore(TEMP);
        b.iload(TEMP);
        find(SS, bits(), false);
        load(bits());
        b.istore(VALUE);
        b.iload(TEMP).loadConstant(bits() / 8).iadd();
        writeRegister(ESP, stack32() ? 32 : 16);
        b.iload(VALUE);
        writeRegister(EBP, bits());
      }
      case "Alu.cbw" -> {
        b.iload(GENERAL + EAX);
        if (insn.operand16) {
          b.i2b();
        } else {
          b.i2s();
        }
        writeRegister(EAX, bits());
      }
      case "Alu.cwd" -> {
        b.iload(GENERAL + EAX);
        if (insn.operand16) {
          b.i2s();
        }
        b.bipush(31).ishr();
        writeRegister(EDX, bits());
      }
      case "Multiply.mul", "Multiply.imul" -> {
        boolean signed = m.method.equals("imul");
        Value v = operandValue(m.operands.get(0));
        b.iload(GENERAL + EAX).i2l();
        unsign(signed);
        push(v);
        b.i2l();
        unsign(signed);
        b.lmul().dup2().bipush(32).lushr().l2i();
        writeRegister(EDX, 32);
        b.l2i();
        writeRegister(EAX, 32);
        if (wants(Processor.ARITHMETIC)) {
          b.iload(GENERAL + EDX);
          Value high = keep();
          b.iload(GENERAL + EAX);
          Value low = keep();
          setAll(new Source(signed ? Flags.IMUL32 : Flags.MUL32, high, null, low));
        }
      }
      case "Multiply.div", "Multiply.idiv" -> divide(m);
      case "Exchange.xchgAccumulator" -> swap(EAX, insn.reg, bits());
      case "Exchange.xchg" -> exchange(bits());
      case "Exchange.xchg8" -> exchange(8);
      case "FlagControl.clc", "FlagControl.stc" -> {
        int carry = m.method.equals("stc") ? 1 : 0;
        setCarry(new Value.Constant(carry));
      }
      case "FlagControl.cmc" -> {
        carry();
        b.iconst_1().ixor();
        setCarry(keep());
      }
      default -> bit(m);
    }
  }

  private void unsign(boolean signed) {
    if (!signed) {
      b.loadConstant(0xFFFFFFFFL).land();
    }
  }

  private void setCarry(Value carry) {
    if (wants(Processor.CF)) {
      setState(
          new FlagState(
              state.z(), new Source(Flags.GIVEN, carry, new Value.Constant(0), carry), state.o()));
    }
  }

  private void bit(Meaning m) {
    boolean immediate = m.method.endsWith("Immediate");
    String operation = immediate ? m.method.replace("Immediate", "") : m.method;
    if (immediate) {
      b.loadConstant(insn.immediate & 31);
    } else {
      b.iload(GENERAL + insn.reg);
      b.bipush(31).iand();
    }
    Value number = keep();
    b.iload(GENERAL + insn.rm);
    push(number);
    b.iushr().iconst_1().iand();
    Value carry = keep();
    if (!operation.equals("bt")) {
      b.iload(GENERAL + insn.rm).iconst_1();
      push(number);
      b.ishl();
      switch (operation) {
        case "bts" -> b.ior();
        case "btr" -> b.iconst_m1().ixor().iand();
        default -> b.ixor();
      }
      writeRegister(insn.rm, 32);
    }
    setCarry(carry);
  }

  private void swap(int first, int second, int bits) {
    readRegister(first, bits);
    readRegister(second, bits);
    writeRegister(first, bits);
    writeRegister(second, bits);
  }

  private void exchange(int bits) {
    if (insn.rm >= 0) {
      swap(insn.rm, insn.reg, bits);
      return;
    }
    address();
    find(insn.segment, bits, true);
    load(bits);
    b.istore(VALUE);
    found();
    readRegister(insn.reg, bits);
    storeAt(bits);
    b.iload(VALUE);
    writeRegister(insn.reg, bits);
  }

  /** Division that would fault is left to the interpreter. */
  private void divide(Meaning m) {
    Value v = operandValue(m.operands.get(0));
    push(v);
    b.ifeq(miss());
    int divisor = local();
    local();
    int dividend = local();
    local();
    int quotient = local();
    local();
    b.iload(GENERAL + EDX).i2l().bipush(32).lshl();
    b.iload(GENERAL + EAX).i2l();
    unsign(false);
    b.lor().lstore(dividend);
    push(v);
    b.i2l();
    if (m.method.equals("div")) {
      unsign(false);
      b.lstore(divisor);
      // The quotient fits if the high half is less than the divisor.
      b.iload(GENERAL + EDX).i2l();
      unsign(false);
      b.lload(divisor).lcmp().ifge(miss());
      MethodTypeDesc two = MethodTypeDesc.of(CD_long, CD_long, CD_long);
      ClassDesc type = ClassDesc.of("java.lang.Long");
      b.lload(dividend).lload(divisor).invokestatic(type, "divideUnsigned", two).lstore(quotient);
    } else {
      b.lstore(divisor);
      b.lload(dividend).lload(divisor).ldiv().lstore(quotient);
      b.lload(quotient).l2i().i2l().lload(quotient).lcmp().ifne(miss());
    }
    b.lload(quotient).l2i();
    writeRegister(EAX, 32);
    b.lload(dividend).lload(quotient).lload(divisor).lmul().lsub().l2i();
    writeRegister(EDX, 32);
  }

  // ---- Calls of the semantics

  private void callRaw(Meaning m) {
    Effects effects = Effects.of(insn);
    boolean last = node.block.end() == Plan.End.LEAVE && index == node.block.insns().size() - 1;
    spill(dirty);
    dirty = 0;
    if (!flagsStored) {
      storeFlags();
    }
    int undone = node.block.insns().size() - index;
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
      loadFlags();
      state = FlagState.UNKNOWN;
      flagsStored = true;
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

  private static final ClassDesc HANDLER = desc(troupe.processor.interpreter.Handler.class);

  /** The instruction may have overwritten this code. */
  private void stopIfChanged(int undone) {
    Label changed = b.newLabel();
    FlagState flags = state;
    int next = after();
    b.aload(THIS).getfield(REGION, "valid", CD_boolean).ifeq(changed);
    cold.add(
        () -> {
          b.labelBinding(changed);
          leave(next, undone, flags);
        });
  }

  /** Interrupts may have been enabled. */
  private void stopForEvents(int undone) {
    Label event = b.newLabel();
    FlagState flags = state;
    int next = after();
    b.aload(C).getfield(PROCESSOR, "events", CD_int).ifne(event);
    cold.add(
        () -> {
          b.labelBinding(event);
          leave(next, undone, flags);
        });
  }

  /** A repeated instruction does a part of its steps and is then to be executed again. */
  private void stopIfIncomplete(int at, int undone) {
    Label again = b.newLabel();
    FlagState flags = state;
    b.aload(C).getfield(PROCESSOR, "eip", CD_int);
    b.iload(EIP).loadConstant(after()).iadd().if_icmpne(again);
    cold.add(
        () -> {
          b.labelBinding(again);
          leave(at, undone, flags);
        });
  }

  // ---- Operands

  private boolean stack32() {
    return (mode & SegmentRegisters.STACK32) != 0;
  }

  /** Pushes the value of an operand; {@code target}: a memory operand is checked for writing. */
  private void operand(Meaning.Operand o, boolean target) {
    int width = o.width(bits());
    if (Meaning.inMemory(o, insn)) {
      address();
      find(insn.segment, width, target);
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

  private void memoryTarget(Meaning.Operand o) {
    address();
    check(insn.segment, o.width(bits()), true);
  }

  /** Stores the value on the stack in an operand that is a register. */
  private void store(Meaning.Operand o, int width) {
    switch (o.letter()) {
      case "E" -> writeRegister(insn.rm, width);
      case "G", "Z" -> writeRegister(insn.reg, width);
      case "" -> writeRegister(EAX, width);
      default -> throw new AssertionError(o.text());
    }
  }

  /** As store, or to the memory that was read for the same operand. */
  private void storeResult(Meaning.Operand o, int width) {
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
   * Takes an offset in a segment from the stack, checks it, and finds the page: PAGE_FOUND, and the
   * address in LINEAR.
   */
  void check(int segment, int bits, boolean writing) {
    if (!flat(segment) || writing && segment == Processor.CS) {
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
        b.lload((writing ? WRITE_LIMIT : READ_LIMIT) + 2 * segment).lcmp().ifgt(miss());
        b.iload(BASE + segment).iload(LINEAR).iadd();
      }
    }
    b.istore(LINEAR);
    b.aload(writing ? WRITE : READ).iload(LINEAR).bipush(12).iushr().aaload();
    b.dup().astore(PAGE_FOUND).ifnull(miss());
    if (bits > 8) {
      b.iload(LINEAR).sipush(0xFFF).iand().sipush(4096 - bits / 8).if_icmpgt(miss());
    }
  }

  /** As {@link #check}, and pushes what was found. */
  void find(int segment, int bits, boolean writing) {
    check(segment, bits, writing);
    found();
  }

  /** Pushes page and address that {@link #check} found; only the address's offset counts. */
  void found() {
    b.aload(PAGE_FOUND).iload(LINEAR);
  }

  void load(int bits) {
    b.invokestatic(PAGE, "read" + bits, MethodTypeDesc.of(CD_int, BYTES, CD_int));
  }

  void storeAt(int bits) {
    b.invokestatic(PAGE, "write" + bits, MethodTypeDesc.of(CD_void, BYTES, CD_int, CD_int));
  }

  /** Stores the value on the stack where {@link #check} found the page. */
  private void storeFound(int bits) {
    b.istore(VALUE);
    found();
    b.iload(VALUE);
    storeAt(bits);
  }

  /** Pushes the offset of the stack's top, moved by {@code delta} bytes. */
  private void stackAddress(int delta) {
    b.iload(GENERAL + ESP);
    if (delta != 0) {
      b.loadConstant(delta).iadd();
    }
    if (!stack32()) {
      b.loadConstant(0xFFFF).iand();
    }
  }

  private void moveStack(int delta) {
    b.iload(GENERAL + ESP).loadConstant(delta).iadd();
    writeRegister(ESP, stack32() ? 32 : 16);
  }

  private void push(int bits, Runnable value) {
    stackAddress(-bits / 8);
    find(SS, bits, true);
    value.run();
    storeAt(bits);
    moveStack(-bits / 8);
  }

  // ---- Flags

  private void flagArguments(Source s) {
    b.loadConstant(s.kind());
    for (Value value : new Value[] {s.a(), s.b()}) {
      if (value == null) {
        b.iconst_0();
      } else {
        push(value);
      }
    }
    result(s);
  }

  /** Pushes the sign-extended result of an operation. */
  private void result(Source s) {
    if (s.r() != null) {
      push(s.r());
      return;
    }
    push(s.a());
    push(s.b());
    b.isub();
    extend(FlagState.size(s.kind()));
  }

  /** Pushes the carry flag as 0 or 1. */
  private void carry() {
    Source s = state.c();
    if (s == FlagState.DYNAMIC) {
      b.aload(C);
      for (int n = FK; n < CK + 4; n++) {
        b.iload(n);
      }
      b.invokestatic(
          LAZY,
          "carry",
          MethodTypeDesc.ofDescriptor("(" + PROCESSOR.descriptorString() + "IIIIIIII)I"));
    } else if (s.kind() == Flags.GIVEN) {
      push(s.a());
    } else {
      flagArguments(s);
      b.invokestatic(FLAGS, "carry", FLAG4);
    }
  }

  private void overflow() {
    Source s = state.o();
    if (s == FlagState.DYNAMIC) {
      b.aload(C).iload(FK).iload(FK + 1).iload(FK + 2).iload(FK + 3);
      b.invokestatic(
          LAZY,
          "overflow",
          MethodTypeDesc.ofDescriptor("(" + PROCESSOR.descriptorString() + "IIII)I"));
    } else {
      flagArguments(s);
      b.invokestatic(FLAGS, "overflow", FLAG4);
    }
  }

  /** Pushes zero, sign or parity flag as 0 or 1. */
  private void fromResult(String flag) {
    Source s = state.z();
    if (s == FlagState.DYNAMIC) {
      b.aload(C).iload(FK).iload(FK + 3);
      b.invokestatic(
          LAZY, flag, MethodTypeDesc.ofDescriptor("(" + PROCESSOR.descriptorString() + "II)I"));
      return;
    }
    switch (flag) {
      case "zero" -> {
        result(s);
        Label yes = b.newLabel();
        Label done = b.newLabel();
        b.ifeq(yes).iconst_0().goto_(done).labelBinding(yes).iconst_1().labelBinding(done);
      }
      case "sign" -> {
        result(s);
        b.bipush(31).iushr();
      }
      default -> {
        result(s);
        b.invokestatic(FLAGS, "parity", MethodTypeDesc.of(CD_int, CD_int));
      }
    }
  }

  private void conditionValue(int tttn) {
    Label yes = b.newLabel();
    Label done = b.newLabel();
    branchIf(tttn, yes);
    b.iconst_0().goto_(done).labelBinding(yes).iconst_1().labelBinding(done);
  }

  /** Branches if condition tttn holds. */
  private void branchIf(int tttn, Label to) {
    boolean not = (tttn & 1) != 0;
    int condition = tttn >>> 1;
    Source z = state.z();
    boolean known = z != FlagState.DYNAMIC;
    if (known
        && state.uniform()
        && isSubtraction(z.kind())
        && compareBranch(z, condition, not, to)) {
      return;
    }
    if (known && condition == 2 || known && condition == 4) {
      result(z);
      branch(condition == 2 ? "eq" : "lt", not, to);
      return;
    }
    boolean logic =
        known
            && state.uniform()
            && (z.kind() == Flags.LOGIC8 || z.kind() == Flags.LOGIC16 || z.kind() == Flags.LOGIC32);
    if (logic && condition != 5) {
      // Carry and overflow are clear.
      switch (condition) {
        case 0, 1 -> {
          if (not) {
            b.goto_(to);
          }
        }
        case 3 -> {
          result(z);
          branch("eq", not, to);
        }
        case 6 -> {
          result(z);
          branch("lt", not, to);
        }
        default -> {
          result(z);
          branch("le", not, to);
        }
      }
      return;
    }
    switch (condition) {
      case 0 -> overflow();
      case 1 -> carry();
      case 2 -> fromResult("zero");
      case 3 -> {
        carry();
        fromResult("zero");
        b.ior();
      }
      case 4 -> fromResult("sign");
      case 5 -> fromResult("parity");
      case 6 -> {
        fromResult("sign");
        overflow();
        b.ixor();
      }
      default -> {
        fromResult("sign");
        overflow();
        b.ixor();
        fromResult("zero");
        b.ior();
      }
    }
    branch("ne", not, to);
  }

  private static boolean isSubtraction(int kind) {
    return kind >= Flags.SUB8 && kind <= Flags.SUB32;
  }

  /** Branches on the comparison with zero of the value on the stack. */
  private void branch(String comparison, boolean not, Label to) {
    switch (comparison) {
      case "eq" -> {
        if (not) {
          b.ifne(to);
        } else {
          b.ifeq(to);
        }
      }
      case "ne" -> {
        if (not) {
          b.ifeq(to);
        } else {
          b.ifne(to);
        }
      }
      case "lt" -> {
        if (not) {
          b.ifge(to);
        } else {
          b.iflt(to);
        }
      }
      default -> {
        if (not) {
          b.ifgt(to);
        } else {
          b.ifle(to);
        }
      }
    }
  }

  /** After a subtraction without a borrow before it, conditions compare the operands. */
  private boolean compareBranch(Source s, int condition, boolean not, Label to) {
    if (s.r() != null && (condition == 2 || condition == 4) || s.carriedIn()) {
      return false;
    }
    int size = FlagState.size(s.kind());
    IntConsumer operands =
        signed -> {
          push(s.a());
          if (signed != 0) {
            extend(size);
          }
          push(s.b());
          if (signed != 0) {
            extend(size);
          }
        };
    switch (condition) {
      case 1, 3 -> {
        operands.accept(0);
        if (size == 32) {
          b.invokestatic(INTEGER, "compareUnsigned", MethodTypeDesc.of(CD_int, CD_int, CD_int));
          branch(condition == 1 ? "lt" : "le", not, to);
        } else if (condition == 1) {
          compare("lt", not, to);
        } else {
          compare("le", not, to);
        }
      }
      case 2 -> {
        operands.accept(0);
        compare("eq", not, to);
      }
      case 6, 7 -> {
        operands.accept(1);
        compare(condition == 6 ? "lt" : "le", not, to);
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private void compare(String comparison, boolean not, Label to) {
    switch (comparison) {
      case "eq" -> {
        if (not) {
          b.if_icmpne(to);
        } else {
          b.if_icmpeq(to);
        }
      }
      case "lt" -> {
        if (not) {
          b.if_icmpge(to);
        } else {
          b.if_icmplt(to);
        }
      }
      default -> {
        if (not) {
          b.if_icmpgt(to);
        } else {
          b.if_icmple(to);
        }
      }
    }
  }

  /** Puts flags into the local variables for flags of an unknown kind. */
  private void makeDynamic(FlagState flags) {
    if (flags.z() == FlagState.DYNAMIC && flags.uniform()) {
      return;
    }
    if (flags.uniform()) {
      assign(FK, flags.z());
      b.loadConstant(LazyFlags.SAME).istore(CK);
      return;
    }
    if (flags.o() == flags.z()) {
      if (flags.c() == FlagState.DYNAMIC) {
        Label apart = b.newLabel();
        b.iload(CK).loadConstant(LazyFlags.SAME).if_icmpne(apart);
        for (int n = 0; n < 4; n++) {
          b.iload(FK + n).istore(CK + n);
        }
        b.labelBinding(apart);
      } else {
        assign(CK, flags.c());
      }
      if (flags.z() != FlagState.DYNAMIC) {
        assign(FK, flags.z());
      }
      return;
    }
    // Three operations: compute, and let the processor hold them.
    FlagState saved = state;
    state = flags;
    carry();
    b.istore(CARRY_OUT);
    overflow();
    b.istore(OVERFLOW_OUT);
    if (flags.z() == FlagState.DYNAMIC) {
      storeDynamicFlags();
    } else {
      b.aload(C);
      flagArguments(flags.z());
      b.invokevirtual(
          PROCESSOR, "flags", MethodTypeDesc.of(CD_void, CD_int, CD_int, CD_int, CD_int));
    }
    b.aload(C).iload(CARRY_OUT).iload(OVERFLOW_OUT);
    b.invokestatic(LAZY, "storeThree", MethodTypeDesc.of(CD_void, PROCESSOR, CD_int, CD_int));
    b.loadConstant(Flags.EAGER).istore(FK);
    b.loadConstant(LazyFlags.SAME).istore(CK);
    state = saved;
  }

  private void assign(int kind, Source s) {
    b.loadConstant(s.kind()).istore(kind);
    if (s.a() != null) {
      push(s.a());
      b.istore(kind + 1);
    }
    if (s.b() != null) {
      push(s.b());
      b.istore(kind + 2);
    }
    result(s);
    b.istore(kind + 3);
  }

  private void storeDynamicFlags() {
    b.aload(C);
    for (int n = FK; n < CK + 4; n++) {
      b.iload(n);
    }
    b.invokestatic(
        LAZY,
        "store",
        MethodTypeDesc.ofDescriptor("(" + PROCESSOR.descriptorString() + "IIIIIIII)V"));
  }

  /** Hands the flags to the processor; here they are of an unknown kind afterwards. */
  private void storeFlags() {
    makeDynamic(state);
    state = FlagState.UNKNOWN;
    storeDynamicFlags();
    flagsStored = true;
  }
}
