package troupe.processor.translator;

import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;

import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.HashMap;
import java.util.Map;
import troupe.processor.Processor;
import troupe.processor.decode.Insn;
import troupe.processor.simd.Float32;
import troupe.processor.simd.Float64;
import troupe.processor.simd.PackedInteger;
import troupe.processor.simd.SimdState;
import troupe.processor.simd.SseCompare;
import troupe.processor.simd.SseConvert;
import troupe.processor.simd.SseInteger;
import troupe.processor.simd.SseMove;

/**
 * Emits SSE and SSE2 instructions: operands are fetched here, computed by the methods of the simd
 * package that the interpreter's instructions are made of too. The registers stay in {@link
 * SimdState#xmm}.
 *
 * <p>What would fault leaves the region as an access that misses does: SSE not usable, an unmasked
 * exception (then no arithmetic is done here at all), an operand that is not aligned.
 */
final class SimdEmitter {
  private static final ClassDesc PROCESSOR = desc(Processor.class);
  private static final ClassDesc STATE = desc(SimdState.class);
  private static final ClassDesc LONGS = CD_long.arrayType();

  // Local variables.
  private final int xmm;
  private final int state;
  private final int low;
  private final int high;
  private final int result;

  /** How many local variables are used here. */
  static final int LOCALS = 8;

  /** How operands reach the method that computes. */
  private enum Shape {
    /** Both halves alike, without the state. */
    INTEGER,
    /** As INTEGER, and the second operand is the low half of the source. */
    SHIFT,
    SHIFT_IMMEDIATE,
    /** The destination's halves give the low half, the source's the high one. */
    PACK,
    /** Both low or both high halves; {@code method} then the other one of the pair. */
    INTERLEAVE_LOW,
    INTERLEAVE_HIGH,
    /** Both halves alike, with the state. */
    PACKED,
    /** The low quarter, with the state. */
    SCALAR32,
    /** The low half, with the state. */
    SCALAR64,
    COMPARE_PACKED,
    COMPARE32,
    COMPARE64,
    FLAGS32,
    FLAGS64,
    /** Others: by their names. */
    SPECIAL
  }

  private record Kernel(Shape shape, Class<?> owner, String method) {}

  private static final Map<String, Kernel> KERNELS = new HashMap<>();

  private static void integers(Shape shape, String... names) {
    for (String name : names) {
      KERNELS.put("SseInteger." + name, new Kernel(shape, PackedInteger.class, name));
    }
  }

  private static void arithmetic(String name, String method) {
    KERNELS.put(
        "SseArithmetic." + name + "ps", new Kernel(Shape.PACKED, Float32.class, method + "Two"));
    KERNELS.put("SseArithmetic." + name + "pd", new Kernel(Shape.PACKED, Float64.class, method));
    KERNELS.put("SseArithmetic." + name + "ss", new Kernel(Shape.SCALAR32, Float32.class, method));
    KERNELS.put("SseArithmetic." + name + "sd", new Kernel(Shape.SCALAR64, Float64.class, method));
  }

  private static void compare(String name, Shape shape, String method) {
    KERNELS.put("SseCompare." + name, new Kernel(shape, SseCompare.class, method));
  }

  private static void special(String owner, String... names) {
    for (String name : names) {
      KERNELS.put(owner + name, new Kernel(Shape.SPECIAL, null, null));
    }
  }

  static {
    integers(
        Shape.INTEGER,
        ("paddb paddw paddd paddq paddsb paddsw paddusb paddusw psubb psubw psubd psubq psubsb"
                + " psubsw psubusb psubusw pmullw pmulhw pmulhuw pmaddwd pmuludq psadbw pavgb pavgw"
                + " pminub pmaxub pminsw pmaxsw pcmpeqb pcmpeqw pcmpeqd pcmpgtb pcmpgtw pcmpgtd"
                + " pand pandn por pxor")
            .split(" "));
    integers(Shape.SHIFT, "psllw", "pslld", "psllq", "psrlw", "psrld", "psrlq", "psraw", "psrad");
    for (String name : "psllw pslld psllq psrlw psrld psrlq psraw psrad".split(" ")) {
      KERNELS.put(
          "SseInteger." + name + "i", new Kernel(Shape.SHIFT_IMMEDIATE, PackedInteger.class, name));
    }
    integers(Shape.PACK, "packssdw", "packsswb", "packuswb");
    integers(Shape.INTERLEAVE_LOW, "punpcklbw", "punpcklwd", "punpckldq");
    integers(Shape.INTERLEAVE_HIGH, "punpckhbw", "punpckhwd", "punpckhdq");
    KERNELS.put("SseMove.unpcklps", KERNELS.get("SseInteger.punpckldq"));
    KERNELS.put("SseMove.unpckhps", KERNELS.get("SseInteger.punpckhdq"));
    arithmetic("add", "add");
    arithmetic("sub", "subtract");
    arithmetic("mul", "multiply");
    arithmetic("div", "divide");
    arithmetic("min", "minimum");
    arithmetic("max", "maximum");
    arithmetic("sqrt", "squareRoot");
    compare("cmpps", Shape.COMPARE_PACKED, "compareTwo");
    compare("cmppd", Shape.COMPARE_PACKED, "compare64");
    compare("cmpss", Shape.COMPARE32, "compare32");
    compare("cmpsd", Shape.COMPARE64, "compare64");
    compare("comiss", Shape.FLAGS32, "flags32");
    compare("ucomiss", Shape.FLAGS32, "flags32");
    compare("comisd", Shape.FLAGS64, "flags64");
    compare("ucomisd", Shape.FLAGS64, "flags64");
    special(
        "SseMove.",
        ("loadAligned loadUnaligned storeAligned storeUnaligned movssLoad movssStore movdLoad"
                + " movdStore movsdLoad movsdStore movqLoad movqStore loadLow loadHigh storeLow"
                + " storeHigh movhlps movlhps unpcklpd unpckhpd shufps shufpd movmskps movmskpd")
            .split(" "));
    special(
        "SseInteger.",
        ("punpcklqdq punpckhqdq pshufd pshuflw pshufhw psrldq pslldq pinsrw pextrw pmovmskb")
            .split(" "));
    special(
        "SseConvert.",
        ("cvtsi2ss cvtsi2sd cvtss2sd cvtsd2ss cvtss2si cvttss2si cvtsd2si cvttsd2si").split(" "));
    special("SseControl.", "movnti", "fence");
  }

  private final RegionEmitter e;
  private CodeBuilder b;
  private Insn insn;

  // What has been made sure of in the basic block so far.
  private boolean usable;
  private boolean masked;

  /**
   * @param locals the first of {@link #LOCALS} local variables
   */
  SimdEmitter(RegionEmitter e, int locals) {
    this.e = e;
    xmm = locals;
    state = locals + 1;
    low = locals + 2;
    high = locals + 4;
    result = locals + 6;
  }

  /** Whether there is code for the instruction here. */
  static boolean handles(Meaning m) {
    return KERNELS.containsKey(m.name);
  }

  /** Loads what the instructions of the region need. */
  void prologue(CodeBuilder code) {
    b = code;
    b.aload(RegionEmitter.C).getfield(PROCESSOR, "simd", STATE).dup().astore(state);
    b.getfield(STATE, "xmm", LONGS).astore(xmm);
  }

  /** A basic block begins, or an instruction was called that may have changed control registers. */
  void forget() {
    usable = false;
    masked = false;
  }

  void emit(Meaning m, Insn insn) {
    this.insn = insn;
    Kernel k = KERNELS.get(m.name);
    if (m.name.equals("SseControl.fence")) {
      return;
    }
    if (!m.name.equals("SseControl.movnti")) {
      needUsable();
    }
    switch (k.shape) {
      case INTEGER -> {
        source128(true);
        halves(insn.reg, k, false);
      }
      case SHIFT -> {
        source128(true);
        b.lload(low).lstore(high);
        halves(insn.reg, k, false);
      }
      case SHIFT_IMMEDIATE -> {
        b.loadConstant((long) (insn.immediate & 0xFF)).dup2().lstore(low).lstore(high);
        halves(insn.rm, k, false);
      }
      case PACK -> {
        source128(true);
        target(insn.reg, 0);
        half(insn.reg, 0);
        half(insn.reg, 1);
        integer(k.method);
        b.lastore();
        target(insn.reg, 1);
        b.lload(low).lload(high);
        integer(k.method);
        b.lastore();
      }
      case INTERLEAVE_LOW -> interleave(0, k.method, k.method.replace("pckl", "pckh"));
      case INTERLEAVE_HIGH -> interleave(1, k.method.replace("pckh", "pckl"), k.method);
      case PACKED -> {
        needMasked();
        source128(true);
        halves(insn.reg, k, true);
      }
      case SCALAR32 -> {
        needMasked();
        source32();
        b.istore(low);
        target(insn.reg, 0);
        b.aload(state);
        half(insn.reg, 0);
        b.l2i().iload(low);
        call(k.owner, k.method, CD_int, STATE, CD_int, CD_int);
        putLow32();
        b.lastore();
      }
      case SCALAR64 -> {
        needMasked();
        source64();
        b.lstore(low);
        target(insn.reg, 0);
        b.aload(state);
        half(insn.reg, 0);
        b.lload(low);
        call(k.owner, k.method, CD_long, STATE, CD_long, CD_long);
        b.lastore();
      }
      case COMPARE_PACKED -> {
        needMasked();
        source128(true);
        for (int n = 0; n < 2; n++) {
          target(insn.reg, n);
          b.aload(state).loadConstant(insn.immediate & 7);
          half(insn.reg, n);
          b.lload(n == 0 ? low : high);
          call(k.owner, k.method, CD_long, STATE, CD_int, CD_long, CD_long);
          b.lastore();
        }
      }
      case COMPARE32 -> {
        needMasked();
        source32();
        b.istore(low);
        target(insn.reg, 0);
        b.aload(state).loadConstant(insn.immediate & 7);
        half(insn.reg, 0);
        b.l2i().iload(low);
        call(k.owner, k.method, CD_int, STATE, CD_int, CD_int, CD_int);
        putLow32();
        b.lastore();
      }
      case COMPARE64 -> {
        needMasked();
        source64();
        b.lstore(low);
        target(insn.reg, 0);
        b.aload(state).loadConstant(insn.immediate & 7);
        half(insn.reg, 0);
        b.lload(low);
        call(k.owner, k.method, CD_long, STATE, CD_int, CD_long, CD_long);
        b.lastore();
      }
      case FLAGS32, FLAGS64 -> {
        needMasked();
        boolean single = k.shape == Shape.FLAGS32;
        if (single) {
          source32();
          b.istore(low);
        } else {
          source64();
          b.lstore(low);
        }
        b.aload(state).loadConstant(m.method.startsWith("u") ? 0 : 1);
        half(insn.reg, 0);
        if (single) {
          b.l2i().iload(low);
          call(k.owner, k.method, CD_int, STATE, CD_boolean, CD_int, CD_int);
        } else {
          b.lload(low);
          call(k.owner, k.method, CD_int, STATE, CD_boolean, CD_long, CD_long);
        }
        e.flagsGiven();
      }
      case SPECIAL -> {
        switch (m.owner.substring(m.owner.lastIndexOf('.') + 1)) {
          case "SseMove" -> move(m.method);
          case "SseInteger" -> shuffle(m.method);
          case "SseConvert" -> convert(m.method);
          default -> {
            e.address();
            e.find(insn.segment, 32, true);
            e.readRegister(insn.reg, 32);
            e.storeAt(32);
          }
        }
      }
    }
  }

  // ---- Guards

  private void needUsable() {
    if (!usable) {
      b.aload(RegionEmitter.C);
      call(SimdState.class, "usable", CD_boolean, PROCESSOR);
      b.ifeq(e.miss());
      usable = true;
    }
  }

  private void needMasked() {
    if (!masked) {
      b.aload(state).invokevirtual(STATE, "masked", MethodTypeDesc.of(CD_boolean));
      b.ifeq(e.miss());
      masked = true;
    }
  }

  // ---- Pieces

  private static ClassDesc desc(Class<?> type) {
    return ClassDesc.ofDescriptor(type.descriptorString());
  }

  private void call(Class<?> owner, String method, ClassDesc result, ClassDesc... arguments) {
    b.invokestatic(desc(owner), method, MethodTypeDesc.of(result, arguments));
  }

  private void integer(String method) {
    call(PackedInteger.class, method, CD_long, CD_long, CD_long);
  }

  /** Pushes half {@code h} of XMM register {@code n}. */
  private void half(int n, int h) {
    b.aload(xmm).loadConstant(2 * n + h).laload();
  }

  /** Begins a store to half {@code h} of XMM register {@code n}; LASTORE ends it. */
  private void target(int n, int h) {
    b.aload(xmm).loadConstant(2 * n + h);
  }

  /** Turns a result of 32 bits on the stack into the low half of the destination. */
  private void putLow32() {
    b.i2l().loadConstant(0xFFFF_FFFFL).land();
    half(insn.reg, 0);
    b.loadConstant(~0xFFFF_FFFFL).land().lor();
  }

  /** Leaves the source in {@link #low} and {@link #high}. */
  private void source128(boolean aligned) {
    if (insn.rm >= 0) {
      half(insn.rm, 0);
      b.lstore(low);
      half(insn.rm, 1);
      b.lstore(high);
      return;
    }
    e.address();
    e.find(insn.segment, 128, false);
    e.load(64);
    b.lstore(low);
    needAligned(aligned);
    e.found(8);
    e.load(64);
    b.lstore(high);
  }

  private void needAligned(boolean aligned) {
    if (aligned) {
      b.iload(RegionEmitter.LINEAR).bipush(15).iand().ifne(e.miss());
    }
  }

  /** Pushes the low half of a register, or 64 bits of memory. */
  private void source64() {
    if (insn.rm >= 0) {
      half(insn.rm, 0);
      return;
    }
    e.address();
    e.find(insn.segment, 64, false);
    e.load(64);
  }

  /** Pushes the low quarter of a register, or 32 bits of memory. */
  private void source32() {
    if (insn.rm >= 0) {
      half(insn.rm, 0);
      b.l2i();
      return;
    }
    e.address();
    e.find(insn.segment, 32, false);
    e.load(32);
  }

  /** Pushes a general register, or memory. */
  private void general(int bits) {
    if (insn.rm >= 0) {
      e.readRegister(insn.rm, bits);
      return;
    }
    e.address();
    e.find(insn.segment, bits, false);
    e.load(bits);
  }

  private void halves(int register, Kernel k, boolean withState) {
    for (int n = 0; n < 2; n++) {
      target(register, n);
      if (withState) {
        b.aload(state);
      }
      half(register, n);
      b.lload(n == 0 ? low : high);
      if (withState) {
        call(k.owner, k.method, CD_long, STATE, CD_long, CD_long);
      } else {
        integer(k.method);
      }
      b.lastore();
    }
  }

  private void interleave(int half, String first, String second) {
    source128(true);
    half(insn.reg, half);
    b.lload(half == 0 ? low : high);
    integer(first);
    b.lstore(result);
    target(insn.reg, 1);
    half(insn.reg, half);
    b.lload(half == 0 ? low : high);
    integer(second);
    b.lastore();
    target(insn.reg, 0);
    b.lload(result).lastore();
  }

  /** Sets a register to {@link #low} and {@link #high}. */
  private void set(int register) {
    target(register, 0);
    b.lload(low).lastore();
    target(register, 1);
    b.lload(high).lastore();
  }

  private void clearHigh(int register) {
    target(register, 1);
    b.lconst_0().lastore();
  }

  // ---- Moves

  private void move(String method) {
    switch (method) {
      case "loadAligned", "loadUnaligned" -> {
        source128(method.equals("loadAligned"));
        set(insn.reg);
      }
      case "storeAligned", "storeUnaligned" -> {
        half(insn.reg, 0);
        b.lstore(low);
        half(insn.reg, 1);
        b.lstore(high);
        if (insn.rm >= 0) {
          set(insn.rm);
        } else {
          storeMemory(method.equals("storeAligned"));
        }
      }
      case "movssLoad" -> {
        source32();
        b.i2l().loadConstant(0xFFFF_FFFFL).land().lstore(low);
        if (insn.rm < 0) {
          b.lconst_0().lstore(high);
          set(insn.reg);
        } else {
          mergeLow32(insn.reg);
        }
      }
      case "movssStore" -> {
        if (insn.rm < 0) {
          storeMemory32();
        } else {
          half(insn.reg, 0);
          b.loadConstant(0xFFFF_FFFFL).land().lstore(low);
          mergeLow32(insn.rm);
        }
      }
      case "movdLoad" -> {
        general(32);
        b.i2l().loadConstant(0xFFFF_FFFFL).land().lstore(low).lconst_0().lstore(high);
        set(insn.reg);
      }
      case "movdStore" -> {
        if (insn.rm < 0) {
          storeMemory32();
        } else {
          half(insn.reg, 0);
          b.l2i();
          e.writeRegister(insn.rm, 32);
        }
      }
      case "movsdLoad", "movqLoad" -> {
        load64(0);
        if (insn.rm < 0 || method.equals("movqLoad")) {
          clearHigh(insn.reg);
        }
      }
      case "loadLow" -> load64(0);
      case "loadHigh" -> load64(1);
      case "movsdStore", "storeLow" -> store64(0);
      case "storeHigh" -> store64(1);
      case "movqStore" -> {
        store64(0);
        if (insn.rm >= 0) {
          clearHigh(insn.rm);
        }
      }
      case "movhlps" -> copy(insn.reg, 0, insn.rm, 1);
      case "movlhps" -> copy(insn.reg, 1, insn.rm, 0);
      case "movmskps" -> {
        half(insn.rm, 0);
        call(SseMove.class, "signs", CD_int, CD_long);
        half(insn.rm, 1);
        call(SseMove.class, "signs", CD_int, CD_long);
        b.iconst_2().ishl().ior();
        e.writeRegister(insn.reg, 32);
      }
      case "movmskpd" -> {
        half(insn.rm, 0);
        b.bipush(63).lushr();
        half(insn.rm, 1);
        b.bipush(62).lushr().loadConstant(2L).land().lor().l2i();
        e.writeRegister(insn.reg, 32);
      }
      default -> shuffle(method);
    }
  }

  private void copy(int to, int toHalf, int from, int fromHalf) {
    target(to, toHalf);
    half(from, fromHalf);
    b.lastore();
  }

  private void load64(int half) {
    source64();
    b.lstore(low);
    target(insn.reg, half);
    b.lload(low).lastore();
  }

  private void store64(int half) {
    if (insn.rm >= 0) {
      copy(insn.rm, 0, insn.reg, half);
      return;
    }
    e.address();
    e.find(insn.segment, 64, true);
    half(insn.reg, half);
    e.storeAt(64);
  }

  private void storeMemory32() {
    e.address();
    e.find(insn.segment, 32, true);
    half(insn.reg, 0);
    b.l2i();
    e.storeAt(32);
  }

  /** Stores {@link #low} and {@link #high}. */
  private void storeMemory(boolean aligned) {
    e.address();
    e.check(insn.segment, 128, true);
    needAligned(aligned);
    e.found();
    b.lload(low);
    e.storeAt(64);
    e.found(8);
    b.lload(high);
    e.storeAt(64);
  }

  /** Replaces the low quarter of a register by {@link #low}. */
  private void mergeLow32(int register) {
    target(register, 0);
    half(register, 0);
    b.loadConstant(~0xFFFF_FFFFL).land().lload(low).lor().lastore();
  }

  // ---- Shuffles

  private void shuffle(String method) {
    int order = insn.immediate;
    switch (method) {
      case "punpcklqdq", "unpcklpd" -> {
        source128(true);
        target(insn.reg, 1);
        b.lload(low).lastore();
      }
      case "punpckhqdq", "unpckhpd" -> {
        source128(true);
        copy(insn.reg, 0, insn.reg, 1);
        target(insn.reg, 1);
        b.lload(high).lastore();
      }
      case "pshufd" -> {
        source128(true);
        select(0, order, () -> b.lload(low).lload(high));
        select(1, order >>> 4, () -> b.lload(low).lload(high));
      }
      case "shufps" -> {
        source128(true);
        select(
            0,
            order,
            () -> {
              half(insn.reg, 0);
              half(insn.reg, 1);
            });
        select(1, order >>> 4, () -> b.lload(low).lload(high));
      }
      case "shufpd" -> {
        source128(true);
        copy(insn.reg, 0, insn.reg, order & 1);
        target(insn.reg, 1);
        b.lload((order & 2) == 0 ? low : high).lastore();
      }
      case "pshuflw", "pshufhw" -> {
        source128(true);
        int half = method.equals("pshuflw") ? low : high;
        b.lload(half).loadConstant(order);
        call(PackedInteger.class, "pshufw", CD_long, CD_long, CD_int);
        b.lstore(half);
        set(insn.reg);
      }
      case "psrldq", "pslldq" -> shiftBytes(method.equals("psrldq"), Math.min(order & 0xFF, 16));
      case "pinsrw" -> {
        general(16);
        b.istore(low);
        int half = order >>> 2 & 1;
        target(insn.reg, half);
        half(insn.reg, half);
        b.iload(low).loadConstant(order);
        call(PackedInteger.class, "pinsrw", CD_long, CD_long, CD_int, CD_int);
        b.lastore();
      }
      case "pextrw" -> {
        half(insn.rm, order >>> 2 & 1);
        b.loadConstant(order);
        call(PackedInteger.class, "pextrw", CD_int, CD_long, CD_int);
        e.writeRegister(insn.reg, 32);
      }
      case "pmovmskb" -> {
        half(insn.rm, 0);
        call(PackedInteger.class, "pmovmskb", CD_int, CD_long);
        half(insn.rm, 1);
        call(PackedInteger.class, "pmovmskb", CD_int, CD_long);
        b.bipush(8).ishl().ior();
        e.writeRegister(insn.reg, 32);
      }
      default -> throw new AssertionError(method);
    }
  }

  private void select(int half, int order, Runnable value) {
    target(insn.reg, half);
    value.run();
    b.loadConstant(order & 15);
    call(SseInteger.class, "select", CD_long, CD_long, CD_long, CD_int);
    b.lastore();
  }

  private void shiftBytes(boolean right, int bytes) {
    int across = right ? 0 : 1;
    target(insn.rm, across);
    half(insn.rm, 0);
    half(insn.rm, 1);
    b.loadConstant(bytes);
    call(SseInteger.class, right ? "rightLow" : "leftHigh", CD_long, CD_long, CD_long, CD_int);
    b.lastore();
    target(insn.rm, across ^ 1);
    half(insn.rm, across ^ 1);
    b.loadConstant(8L * bytes);
    integer(right ? "psrlq" : "psllq");
    b.lastore();
  }

  // ---- Conversions

  private void convert(String method) {
    if (!method.equals("cvtsi2sd")) {
      needMasked();
    }
    boolean truncated = method.startsWith("cvtt");
    switch (method) {
      case "cvtsi2sd" -> {
        general(32);
        call(SseConvert.class, "integerToDouble", CD_long, CD_int);
        b.lstore(low);
        target(insn.reg, 0);
        b.lload(low).lastore();
      }
      case "cvtsi2ss" -> {
        general(32);
        b.istore(low);
        target(insn.reg, 0);
        b.aload(state).iload(low);
        call(SseConvert.class, "integerToSingle", CD_int, STATE, CD_int);
        putLow32();
        b.lastore();
      }
      case "cvtss2sd" -> {
        source32();
        b.istore(low);
        target(insn.reg, 0);
        b.aload(state).iload(low);
        call(SseConvert.class, "singleToDouble", CD_long, STATE, CD_int);
        b.lastore();
      }
      case "cvtsd2ss" -> {
        source64();
        b.lstore(low);
        target(insn.reg, 0);
        b.aload(state).lload(low);
        call(SseConvert.class, "doubleToSingle", CD_int, STATE, CD_long);
        putLow32();
        b.lastore();
      }
      case "cvtss2si", "cvttss2si" -> {
        source32();
        b.istore(low);
        b.aload(state).iload(low);
        String kernel = truncated ? "singleTruncated" : "singleToInteger";
        call(SseConvert.class, kernel, CD_int, STATE, CD_int);
        e.writeRegister(insn.reg, 32);
      }
      case "cvtsd2si", "cvttsd2si" -> {
        source64();
        b.lstore(low);
        b.aload(state).lload(low);
        String kernel = truncated ? "doubleTruncated" : "doubleToInteger";
        call(SseConvert.class, kernel, CD_int, STATE, CD_long);
        e.writeRegister(insn.reg, 32);
      }
      default -> throw new AssertionError(method);
    }
  }
}
