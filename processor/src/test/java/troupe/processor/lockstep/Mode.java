package troupe.processor.lockstep;

import troupe.processor.Processor;

/** The modes that programs start in. Selectors are those of {@link FuzzImage}. */
enum Mode {
  REAL(false, false, 0, 0x1000, 0x1800, 0x1400),
  VIRTUAL_8086(false, true, 3, 0x1000, 0x1800, 0x1400),
  SYSTEM_32(true, false, 0, FuzzImage.CODE32, FuzzImage.DATA32, FuzzImage.DATA32),
  SYSTEM_32_PAGED(true, true, 0, FuzzImage.CODE32, FuzzImage.DATA32, FuzzImage.DATA32),
  USER_32(true, true, 3, FuzzImage.USER_CODE32, FuzzImage.USER_DATA32, FuzzImage.USER_DATA32),
  USER_32_SEGMENTED(
      true, true, 3, FuzzImage.USER_CODE_SMALL, FuzzImage.USER_DATA_SMALL, FuzzImage.USER_STACK),
  SYSTEM_16(false, false, 0, FuzzImage.CODE16, FuzzImage.DATA16, FuzzImage.STACK16),
  USER_16(false, true, 3, FuzzImage.USER_CODE16, FuzzImage.USER_DATA16, FuzzImage.USER_STACK16);

  /** Size of code, operands, addresses. */
  final boolean wide;

  final boolean paged;
  final int cpl;
  final int code;
  final int data;
  final int stack;

  Mode(boolean wide, boolean paged, int cpl, int code, int data, int stack) {
    this.wide = wide;
    this.paged = paged;
    this.cpl = cpl;
    this.code = code;
    this.data = data;
    this.stack = stack;
  }

  boolean isProtected() {
    return this != REAL;
  }

  boolean segmented() {
    return this != SYSTEM_32 && this != SYSTEM_32_PAGED && this != USER_32;
  }

  /** Linear address of offset 0 of the code segment. */
  int codeBase() {
    return segmented() ? FuzzImage.CODE : 0;
  }

  int dataBase() {
    return segmented() ? FuzzImage.DATA : 0;
  }

  int stackBase() {
    return segmented() ? FuzzImage.STACK : 0;
  }

  /** First value of the stack pointer. */
  int stackTop() {
    return FuzzImage.STACK + 0x2000 - stackBase();
  }

  int controlRegister0() {
    return Processor.CR0_ET
        | Processor.CR0_NE
        | Processor.CR0_MP
        | (isProtected() ? Processor.CR0_PE : 0)
        | (paged ? Processor.CR0_PG | Processor.CR0_WP : 0);
  }
}
