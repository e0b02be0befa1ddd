package troupe.board.firmware;

import troupe.processor.Processor;

/**
 * APM 1.2: INT 15h AH=53h, and the 16- and 32-bit protected-mode entries ([APM] 1.2). CPU idle
 * halts in the stub; setting the power state "off" switches the PC off; there are no events.
 */
final class AdvancedPower {
  private static final int VERSION = 0x0102;

  /** 16-bit and 32-bit interfaces, idle does not slow the clock. */
  private static final int FLAGS = 0x0003;

  private static final int ALREADY_CONNECTED = 0x02;
  private static final int NOT_CONNECTED = 0x03;
  private static final int UNKNOWN_DEVICE = 0x09;
  private static final int NO_EVENTS = 0x80;
  private static final int NOT_SUPPORTED = 0x86;

  private static final int REAL = 1;
  private static final int PROTECTED_16 = 2;
  private static final int PROTECTED_32 = 3;
  private static final int STATE_OFF = 3;

  private final SystemRom rom;

  AdvancedPower(SystemRom rom) {
    this.rom = rom;
  }

  void call16(Caller caller) {
    int error = call(caller, true);
    if (error != 0) {
      caller.ah(error);
    }
    caller.carry(error != 0);
  }

  /** Called far in protected mode: carry is the processor's own, zero asks the stub to halt. */
  void callProtected(Caller caller) {
    boolean idle = caller.al() == 0x05;
    int error = call(caller, false);
    if (error != 0) {
      caller.ah(error);
    }
    int flags = (error != 0 ? Processor.CF : 0) | (idle ? Processor.ZF : 0);
    caller.c.setArithmetic(Processor.CF | Processor.ZF, flags);
  }

  private int call(Caller caller, boolean real) {
    // The data area is only where a real-mode caller expects it; elsewhere nothing is kept there.
    int connected = real ? new Ebda(caller).get8(Ebda.APM_STATE) : PROTECTED_32;
    int function = caller.al();
    if (function != 0 && (function < 1 || function > 4) && connected == 0) {
      return function <= 0x10 ? NOT_CONNECTED : NOT_SUPPORTED;
    }
    return switch (function) {
      case 0x00 -> {
        caller.ax(VERSION);
        caller.bx('P' << 8 | 'M');
        caller.cx(FLAGS);
        yield 0;
      }
      case 0x01 -> connect(caller, connected, real ? REAL : 0);
      case 0x02 -> {
        int error = real ? connect(caller, connected, PROTECTED_16) : ALREADY_CONNECTED;
        if (error == 0) {
          caller.ax(SystemRom.SEGMENT);
          caller.bx(rom.offset("apm"));
          caller.cx(SystemRom.SEGMENT);
          caller.si(0xFFFF);
          caller.di(0xFFFF);
        }
        yield error;
      }
      case 0x03 -> {
        int error = real ? connect(caller, connected, PROTECTED_32) : ALREADY_CONNECTED;
        if (error == 0) {
          caller.ax(SystemRom.SEGMENT);
          caller.c.r[Processor.EBX] = rom.offset("apm");
          caller.cx(SystemRom.SEGMENT);
          caller.dx(SystemRom.SEGMENT);
          caller.c.r[Processor.ESI] = 0xFFFF_FFFF;
          caller.di(0xFFFF);
        }
        yield error;
      }
      case 0x04 -> {
        if (real) {
          new Ebda(caller).set8(Ebda.APM_STATE, 0);
        }
        yield 0;
      }
      case 0x05, 0x06, 0x08, 0x0D, 0x0F, 0x10 -> {
        if (function == 0x10) {
          caller.bl(0);
          caller.cx(0);
        }
        yield 0;
      }
      case 0x07 -> {
        if (caller.bx() != 1) {
          yield UNKNOWN_DEVICE;
        }
        if (caller.cx() == STATE_OFF) {
          PowerOff.now(caller);
        }
        yield 0;
      }
      case 0x0A -> {
        caller.bx(0x01FF); // on line, battery unknown
        caller.cx(0x80FF); // no system battery
        caller.dx(0xFFFF);
        yield 0;
      }
      case 0x0B -> NO_EVENTS;
      case 0x0C -> {
        caller.cx(0);
        yield 0;
      }
      case 0x0E -> {
        caller.ax(VERSION);
        yield 0;
      }
      default -> NOT_SUPPORTED;
    };
  }

  private static int connect(Caller caller, int connected, int how) {
    if (how == 0 || connected != 0) {
      return ALREADY_CONNECTED;
    }
    new Ebda(caller).set8(Ebda.APM_STATE, how);
    return 0;
  }
}
