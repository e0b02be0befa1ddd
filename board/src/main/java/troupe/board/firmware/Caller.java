package troupe.board.firmware;

import troupe.processor.Processor;

/**
 * The program that called a BIOS service by INT: its registers, its memory as it sees it (real or
 * virtual-8086 mode), and its flags, which the INT has pushed. Accesses to memory may throw {@link
 * troupe.processor.Fault}; the service is then called again from the start.
 */
final class Caller {
  private static final int BDA = 0x400;
  private static final int STACKED_FLAGS = 4;

  final Processor c;

  Caller(Processor c) {
    this.c = c;
  }

  // ---- Registers

  int al() {
    return c.r[Processor.EAX] & 0xFF;
  }

  int ah() {
    return c.r[Processor.EAX] >>> 8 & 0xFF;
  }

  int ax() {
    return c.r[Processor.EAX] & 0xFFFF;
  }

  int bl() {
    return c.r[Processor.EBX] & 0xFF;
  }

  int bh() {
    return c.r[Processor.EBX] >>> 8 & 0xFF;
  }

  int bx() {
    return c.r[Processor.EBX] & 0xFFFF;
  }

  int cl() {
    return c.r[Processor.ECX] & 0xFF;
  }

  int ch() {
    return c.r[Processor.ECX] >>> 8 & 0xFF;
  }

  int cx() {
    return c.r[Processor.ECX] & 0xFFFF;
  }

  int dl() {
    return c.r[Processor.EDX] & 0xFF;
  }

  int dh() {
    return c.r[Processor.EDX] >>> 8 & 0xFF;
  }

  int dx() {
    return c.r[Processor.EDX] & 0xFFFF;
  }

  int si() {
    return c.r[Processor.ESI] & 0xFFFF;
  }

  int di() {
    return c.r[Processor.EDI] & 0xFFFF;
  }

  int bp() {
    return c.r[Processor.EBP] & 0xFFFF;
  }

  void al(int value) {
    c.set8(0, value);
  }

  void ah(int value) {
    c.set8(4, value);
  }

  void ax(int value) {
    c.set16(Processor.EAX, value);
  }

  void bl(int value) {
    c.set8(3, value);
  }

  void bh(int value) {
    c.set8(7, value);
  }

  void bx(int value) {
    c.set16(Processor.EBX, value);
  }

  void cl(int value) {
    c.set8(1, value);
  }

  void ch(int value) {
    c.set8(5, value);
  }

  void cx(int value) {
    c.set16(Processor.ECX, value);
  }

  void dl(int value) {
    c.set8(2, value);
  }

  void dh(int value) {
    c.set8(6, value);
  }

  void dx(int value) {
    c.set16(Processor.EDX, value);
  }

  void si(int value) {
    c.set16(Processor.ESI, value);
  }

  void di(int value) {
    c.set16(Processor.EDI, value);
  }

  void bp(int value) {
    c.set16(Processor.EBP, value);
  }

  // ---- Flags in the frame that INT pushed

  private int flagsAt() {
    int sp = c.r[Processor.ESP] & 0xFFFF;
    return c.segments.base[Processor.SS] + (sp + STACKED_FLAGS & 0xFFFF);
  }

  int flags() {
    return c.readLinear16(flagsAt());
  }

  private void flag(int mask, boolean set) {
    int at = flagsAt();
    int old = c.readLinear16(at);
    c.writeLinear16(at, set ? old | mask : old & ~mask);
  }

  void carry(boolean set) {
    flag(Processor.CF, set);
  }

  void zero(boolean set) {
    flag(Processor.ZF, set);
  }

  // ---- Memory. Offsets wrap in their segment.

  /** Linear address of an offset in a segment register. */
  int linear(int segment, int offset) {
    return c.segments.base[segment] + (offset & 0xFFFF);
  }

  int read8(int segment, int offset) {
    return c.readLinear8(linear(segment, offset));
  }

  int read16(int segment, int offset) {
    return c.readLinear16(linear(segment, offset));
  }

  int read32(int segment, int offset) {
    return c.readLinear32(linear(segment, offset));
  }

  void write8(int segment, int offset, int value) {
    c.writeLinear8(linear(segment, offset), value);
  }

  void write16(int segment, int offset, int value) {
    c.writeLinear16(linear(segment, offset), value);
  }

  void write32(int segment, int offset, int value) {
    c.writeLinear32(linear(segment, offset), value);
  }

  /** Writes bytes from {@code offset}, after making sure that all can be written. */
  void write(int segment, int offset, byte[] bytes) {
    writeLinear(linear(segment, offset), bytes, bytes.length);
  }

  void writeLinear(int linear, byte[] bytes, int length) {
    probe(linear, length, true);
    int i = 0;
    for (; i + 4 <= length; i += 4) {
      c.writeLinear32(
          linear + i,
          bytes[i] & 0xFF
              | (bytes[i + 1] & 0xFF) << 8
              | (bytes[i + 2] & 0xFF) << 16
              | bytes[i + 3] << 24);
    }
    for (; i < length; i++) {
      c.writeLinear8(linear + i, bytes[i]);
    }
  }

  byte[] readLinear(int linear, int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) c.readLinear8(linear + i);
    }
    return bytes;
  }

  /** Faults unless all of a range can be read, or written. */
  void probe(int linear, int length, boolean writing) {
    int page = 0x1000;
    for (int at = linear; length > 0; ) {
      int chunk = Math.min(length, page - (at & page - 1));
      c.mmu.probe(at, chunk, writing);
      at += chunk;
      length -= chunk;
    }
  }

  // ---- BIOS data area

  int bda8(int offset) {
    return c.readLinear8(BDA + offset);
  }

  int bda16(int offset) {
    return c.readLinear16(BDA + offset);
  }

  int bda32(int offset) {
    return c.readLinear32(BDA + offset);
  }

  void bda8(int offset, int value) {
    c.writeLinear8(BDA + offset, value);
  }

  void bda16(int offset, int value) {
    c.writeLinear16(BDA + offset, value);
  }

  void bda32(int offset, int value) {
    c.writeLinear32(BDA + offset, value);
  }

  /** Sets bits {@code mask} of a byte of the BIOS data area to those of {@code value}. */
  void bdaBits(int offset, int mask, int value) {
    bda8(offset, bda8(offset) & ~mask | value & mask);
  }

  /** The interrupt vector {@code number}: segment in the upper half, offset in the lower. */
  int vector(int number) {
    return c.readLinear32(4 * number);
  }

  void vector(int number, int segment, int offset) {
    c.writeLinear32(4 * number, segment << 16 | offset & 0xFFFF);
  }

  // ---- Time

  /** Virtual nanoseconds since power-on. */
  long nanos() {
    return c.surroundings.timeStamp();
  }

  /** Virtual milliseconds, modulo 2^32. */
  int millis() {
    return (int) (nanos() / 1_000_000);
  }

  // ---- Ports

  int in8(int port) {
    return c.io.read8(port) & 0xFF;
  }

  int in16(int port) {
    return c.io.read16(port) & 0xFFFF;
  }

  int in32(int port) {
    return c.io.read32(port);
  }

  void out8(int port, int value) {
    c.io.write8(port, value & 0xFF);
  }

  void out16(int port, int value) {
    c.io.write16(port, value & 0xFFFF);
  }

  void out32(int port, int value) {
    c.io.write32(port, value);
  }
}
