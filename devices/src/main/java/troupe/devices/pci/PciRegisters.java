package troupe.devices.pci;

/** Offsets and bits of the configuration header, type 0 ([PCI 2.1] Configuration Space Header). */
public final class PciRegisters {
  public static final int VENDOR_ID = 0x00;
  public static final int DEVICE_ID = 0x02;
  public static final int COMMAND = 0x04;
  public static final int STATUS = 0x06;
  public static final int REVISION_ID = 0x08;

  /** Three bytes: programming interface, sub-class, base class. */
  public static final int CLASS_CODE = 0x09;

  public static final int CACHE_LINE_SIZE = 0x0C;
  public static final int LATENCY_TIMER = 0x0D;
  public static final int HEADER_TYPE = 0x0E;
  public static final int BASE_ADDRESS_0 = 0x10;
  public static final int SUBSYSTEM_VENDOR_ID = 0x2C;
  public static final int SUBSYSTEM_ID = 0x2E;
  public static final int INTERRUPT_LINE = 0x3C;
  public static final int INTERRUPT_PIN = 0x3D;

  /** Bytes of configuration space of one function. */
  public static final int SIZE = 0x100;

  public static final int COMMAND_IO_SPACE = 1 << 0;
  public static final int COMMAND_MEMORY_SPACE = 1 << 1;
  public static final int COMMAND_BUS_MASTER = 1 << 2;

  /** Parity error response, SERR# enable, fast back-to-back, special cycles, snoop, MWI. */
  public static final int COMMAND_OTHERS = 0x0378;

  /** Status bits that a write of one clears: parity, SERR#, aborts. */
  public static final int STATUS_CLEARED_BY_ONES = 0xF900;

  /** DEVSEL# timing medium. */
  public static final int STATUS_DEVSEL_MEDIUM = 1 << 9;

  public static final int HEADER_TYPE_MULTIFUNCTION = 0x80;

  /** Base address register, bit 0: the window is in I/O space. */
  public static final int BASE_ADDRESS_IO = 1 << 0;

  private PciRegisters() {}
}
