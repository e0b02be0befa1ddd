package troupe.board.firmware;

/**
 * The system BIOS: 64 KiB at F0000h. Its code does what must be machine code (returning from
 * interrupts, calling programs' handlers, acknowledging interrupts at a controller that a monitor
 * may virtualize, waiting) and calls Java for all else. Entry points are where programs expect them
 * since the PC and AT ([IBM AT] Technical Reference, BIOS listing).
 */
final class SystemRom {
  static final int SIZE = 0x1_0000;
  static final int SEGMENT = 0xF000;
  static final int BASE = 0xF_0000;

  /** Where tables for programs that search the F segment begin. */
  static final int TABLES = 0x0000;

  static final int TABLES_END = 0x3000;

  private static final int JC = 0x72;
  private static final int JNC = 0x73;
  private static final int JZ = 0x74;
  private static final int JNZ = 0x75;
  private static final int JMP = 0xEB;
  private static final int CODE = 0x8000;

  static final String DATE = "11/22/26";
  static final int MODEL = 0xFC;

  private final Assembler a = new Assembler(SIZE, 0xFF);

  SystemRom() {
    fixedEntries();
    a.org(CODE);
    post();
    boot();
    ticks();
    keyboard();
    otherInterrupts();
    protectedMode();
    a.image();
  }

  /** The image so far, for tables to be put into; finish with {@link #finish}. */
  byte[] image() {
    return a.image();
  }

  static void finish(byte[] image) {
    Assembler.checksum(image, 0, SIZE, SIZE - 1);
  }

  int offset(String label) {
    return a.offset(label);
  }

  private void fixedEntries() {
    a.org(0xE05B).label("cold").jmp("post");
    a.org(0xE2C3).label("int02").db(0xCF);
    a.org(0xE6F2).label("int19").jmp("boot");
    a.org(0xE6F5).label("configuration").dw(8);
    a.db(MODEL, 1, 0).db(SystemServices.FEATURES_1, 0x40, 0, 0, 0);
    a.org(0xE739).label("int14");
    a.jmp("serial");
    a.org(0xE82E).label("int16").jmp("keys");
    a.org(0xE987).label("int09").jmp("key");
    a.org(0xEC59).label("int40").jmp("floppy");
    a.org(0xEF57).label("int0e").jmp("floppyInterrupt");
    a.org(0xEFC7).label("floppyTable").bytes(FloppyServices.PARAMETERS);
    a.org(0xEFD2).label("int17").jmp("printer");
    a.org(0xF065).label("int42").db(0xCF);
    a.org(0xF0A4).label("int1d");
    a.hex("38 28 2D 0A 1F 06 19 1C 02 07 06 07 00 00 00 00");
    a.hex("71 50 5A 0A 1F 06 19 1C 02 07 06 07 00 00 00 00");
    a.hex("38 28 2D 0A 7F 06 64 70 02 01 06 07 00 00 00 00");
    a.hex("61 50 52 0F 19 06 19 19 02 0D 0B 0C 00 00 00 00");
    a.hex("00 08 00 10 00 40 00 40 28 28 50 50 28 28 50 50");
    a.hex("2C 28 2D 29 2A 2E 1E 29");
    a.org(0xF841).label("int12").firmware(Call.MEMORY).db(0xCF);
    a.org(0xF84D).label("int11").firmware(Call.EQUIPMENT).db(0xCF);
    a.org(0xF859).label("int15").jmp("system");
    a.org(0xFE6E).label("int1a").jmp("time");
    a.org(0xFEA5).label("int08").jmp("tick");
    a.org(0xFF53).label("iret").db(0xCF);
    a.org(0xFF54).label("int05").firmware(Call.PRINT_SCREEN).db(0xCF);
    // JMP FAR F000:E05B.
    a.org(0xFFF0).label("reset").db(0xEA).offsetOf("cold").dw(SEGMENT);
    a.text(DATE).db(0, MODEL);
  }

  /**
   * A service that may wait: see {@link Outcome}. Carry means wait, zero that HLT might not end.
   */
  private void waiting(String label, int number) {
    a.label(label);
    a.hex("FA").firmware(number); // CLI
    a.shortJump(JNC, label + "Done").shortJump(JZ, label);
    a.hex("FB F4").shortJump(JMP, label); // STI, HLT
    a.label(label + "Done");
  }

  private void service(String label, int number) {
    waiting(label, number);
    a.db(0xCF);
  }

  private void post() {
    a.label("post");
    // CLI, CLD, XOR AX,AX, MOV SS,AX, MOV SP,7C00h, MOV DS,AX, MOV ES,AX
    a.hex("FA FC 31C0 8ED0 BC007C 8ED8 8EC0");
    // Caches on, as every BIOS leaves them: MOV EAX,CR0, AND EAX,9FFFFFFFh (CD and NW), MOV
    // CR0,EAX.
    // A program that clears CD alone would meet #GP, since NW without CD is invalid.
    a.hex("0F20C0 6625FFFFFF9F 0F22C0");
    a.firmware(Call.POST_BEGIN);
    waiting("postStep", Call.POST);
    // 0: boot. 1: return to the program that reset the processor. Else: an option ROM's segment.
    a.hex("09C0").shortJump(JZ, "postBoot"); // OR AX,AX
    a.hex("83F801").shortJump(JNZ, "postRom"); // CMP AX,1
    a.hex("FF2E6704"); // JMP FAR [0467h]
    a.label("postRom").db(0x0E, 0x68).offsetOf("postRomDone"); // PUSH CS, PUSH offset
    a.hex("50 6A03 CB"); // PUSH AX, PUSH 3, RETF
    a.label("postRomDone");
    // CLI, CLD, XOR AX,AX, MOV DS,AX, MOV ES,AX
    a.hex("FA FC 31C0 8ED8 8EC0").jmp("postStep");
    a.label("postBoot").hex("CD19"); // INT 19h
    a.label("resetNow").firmware(Call.RESET).hex("FA F4").shortJump(JMP, "resetNow");
  }

  /** INT 19h and 18h: Java leaves the entry's address and flags on the boot stack. */
  private void boot() {
    waiting("boot", Call.BOOT);
    a.label("enter").hex("CB"); // RETF
    waiting("int18", Call.BOOT_FAILED);
    a.shortJump(JMP, "enter");
  }

  private void ticks() {
    a.label("tick");
    // PUSH DS, PUSH AX, PUSH DX, MOV AX,40h, MOV DS,AX
    a.hex("1E 50 52 B84000 8ED8").firmware(Call.TICK);
    // INT 1Ch, CLI, EOI, POP DX, POP AX, POP DS, IRET
    a.hex("CD1C FA B020 E620 5A 58 1F CF");
  }

  private void keyboard() {
    a.label("key");
    a.hex("50 E460 B44F F9 CD15"); // PUSH AX, IN AL,60h, MOV AH,4Fh, STC, INT 15h
    a.shortJump(JC, "keyTaken").hex("30E4").shortJump(JMP, "keyEnd"); // XOR AH,AH
    a.label("keyTaken").firmware(Call.KEYBOARD);
    a.label("keyEnd").hex("FA B020 E620"); // CLI, EOI
    a.hex("80FC00").shortJump(JZ, "keyReturn"); // CMP AH,...
    a.hex("80FC01").shortJump(JZ, "keyPrint");
    a.hex("80FC02").shortJump(JZ, "keyBreak");
    a.hex("80FC03").shortJump(JZ, "keyPause");
    a.hex("80FC04").shortJump(JZ, "keySystem");
    a.hex("80FC05").shortJump(JZ, "keySystemUp");
    a.jmp("resetNow");
    a.label("keyPrint").hex("CD05").shortJump(JMP, "keyReturn");
    a.label("keyBreak").hex("CD1B").shortJump(JMP, "keyReturn");
    a.label("keySystem").hex("B80085 CD15").shortJump(JMP, "keyReturn");
    a.label("keySystemUp").hex("B80185 CD15").shortJump(JMP, "keyReturn");
    waiting("keyPause", Call.PAUSED);
    a.label("keyReturn").hex("58 CF");
  }

  private void otherInterrupts() {
    a.label("system").hex("3D0553").shortJump(JNZ, "systemCall"); // CMP AX,5305h: CPU idle
    a.hex("FB F4"); // STI, HLT
    service("systemCall", Call.SYSTEM);
    service("disk", Call.DISK);
    service("floppy", Call.FLOPPY);
    service("serial", Call.SERIAL);
    service("keys", Call.KEYS);
    service("printer", Call.PRINTER);
    service("time", Call.TIME);

    // PUSH AX ... EOI at the first controller, or both; POP AX, IRET
    a.label("floppyInterrupt").hex("50").firmware(Call.FLOPPY_INTERRUPT);
    a.hex("B020 E620 58 CF");
    a.label("diskInterrupt").hex("50").firmware(Call.DISK_INTERRUPT);
    a.label("endOfSlave").hex("B020 E6A0 E620 58 CF");
    a.label("rtcInterrupt").hex("50").firmware(Call.RTC_INTERRUPT);
    a.hex("F6C402").shortJump(JZ, "endOfSlave"); // TEST AH,2: an alarm
    a.hex("CD4A FA").jmp("endOfSlave"); // INT 4Ah, CLI
    a.label("coprocessor").hex("50 30C0 E6F0 B020 E6A0 E620 58 CD02 CF");
    a.label("redirected").hex("50 B020 E6A0 58 CD0A CF");
    a.label("spurious").firmware(Call.SPURIOUS).hex("CF");

    a.label("mouse");
    a.hex("60 1E 06 E460").firmware(Call.MOUSE_INTERRUPT); // PUSHA, PUSH DS, PUSH ES, IN AL,60h
    a.shortJump(JNC, "mouseEnd");
    // PUSH AX, BX, CX, DX: status, X, Y, 0. MOV DS,SI: EBDA. CALL FAR [22h], ADD SP,8, CLI, CLD
    a.hex("50 53 51 52 8EDE FF1E2200 83C408 FA FC");
    a.label("mouseEnd").hex("B020 E6A0 E620 07 1F 61 CF");
  }

  /** Entries for far calls in protected mode: the same bytes in 16- and 32-bit code segments. */
  private void protectedMode() {
    a.label("bios32").firmware(Call.BIOS32).hex("CB");
    a.label("pciBios").firmware(Call.PCI_BIOS).hex("CB");
    a.label("apm").firmware(Call.APM).shortJump(JNZ, "apmReturn");
    a.hex("FB F4 F8"); // STI, HLT, CLC: CPU idle
    a.label("apmReturn").hex("CB");
  }
}
