package troupe.devices.vga;

import java.util.Optional;
import troupe.devices.bus.MemoryDevice;
import troupe.devices.bus.PortDevice;
import troupe.devices.bus.PortSpace;
import troupe.devices.clock.Clock;
import troupe.devices.display.Frame;
import troupe.devices.display.TextScreen;
import troupe.devices.state.BadStateException;
import troupe.devices.state.Chip;

/**
 * The display adapter: a VGA with 4 MiB of video memory that names itself S3 Trio64, and the Bochs
 * DISPI registers by which the video BIOS sets modes with a linear frame buffer.
 *
 * <p>As a {@link PortDevice} its offset 0 is port 3B0h and its last, 2Fh, port 3DFh. Ports 3BCh to
 * 3BFh belong to a printer port and are not for it: {@link #attach} says what to attach where.
 * After reset nothing is shown until a BIOS sets a mode.
 */
public final class Vga implements Chip<VgaState>, PortDevice {
  /** Size of video memory, and of the linear frame buffer. */
  public static final int MEMORY_BYTES = 4 << 20;

  /** Physical address of {@link #window}. */
  public static final int WINDOW_ADDRESS = 0xA_0000;

  public static final int WINDOW_BYTES = 0x2_0000;

  /** PCI vendor, device and class code (VGA-compatible controller, interface 0). */
  public static final int PCI_VENDOR = S3Trio64.VENDOR;

  public static final int PCI_DEVICE = S3Trio64.DEVICE;
  public static final int PCI_CLASS = 0x03_0000;

  public static final int DISPI_PORT = 0x1CE;
  public static final int DISPI_PORTS = 4;

  // Miscellaneous Output
  private static final int COLOUR_PORTS = 0x01;
  private static final int HIGH_PAGE = 0x20;

  // Input Status
  private static final int SWITCH_SENSE = 0x10;
  private static final int NOT_DISPLAYED = 0x01;
  private static final int VERTICAL_RETRACE = 0x08;

  /** The monitor detection comparator switches at about this sum of the three DAC parts. */
  private static final int SENSE_LEVEL = 0x50;

  // S3 read-back registers in the CRT controller
  private static final int LATCH_DATA = 0x22;
  private static final int ATTRIBUTE_FLIP_FLOP = 0x24;
  private static final int ATTRIBUTE_INDEX = 0x26;

  private final Clock clock;
  private final Sequencer sequencer = new Sequencer();
  private final CrtController crtc = new CrtController();
  private final GraphicsController graphics = new GraphicsController();
  private final AttributeController attribute = new AttributeController();
  private final Dac dac = new Dac();
  private final S3Trio64 s3 = new S3Trio64();
  private final Dispi dispi = new Dispi(MEMORY_BYTES);
  private final VideoMemory memory = new VideoMemory(sequencer, graphics, dispi, MEMORY_BYTES);
  private final MemoryDevice linear = new LinearFrameBuffer(memory);
  private final FrameTiming timing = new FrameTiming(sequencer, crtc, dispi, s3);
  private final PortDevice dispiPorts = new DispiPorts();

  private int miscellaneous;
  private int feature;
  private int subsystemEnable;

  public Vga(Clock clock) {
    this.clock = clock;
    reset();
  }

  /** Attaches all registers to {@code ports}. */
  public void attach(PortSpace ports) {
    ports.attach(0x3B0, 0x0C, this);
    ports.attach(0x3C0, 0x20, this, VgaPorts.ATTRIBUTE_WRITE);
    ports.attach(DISPI_PORT, DISPI_PORTS, dispiPorts);
  }

  /** The DISPI registers; their offset 0 is port 1CEh. */
  public PortDevice dispiPorts() {
    return dispiPorts;
  }

  /** The window at A0000h to BFFFFh. */
  public MemoryDevice window() {
    return memory;
  }

  /** All video memory, {@link #MEMORY_BYTES} long, for where PCI base address 0 puts it. */
  public MemoryDevice linearFrameBuffer() {
    return linear;
  }

  /** The picture at this moment. */
  public Frame render() {
    if (dispi.enabled()) {
      return new DispiRenderer(dispi, attribute, dac, memory.bytes()).render();
    }
    boolean on = attribute.screenOn() && !sequencer.screenOff() && subsystemEnable != 0;
    return new VgaRenderer(sequencer, crtc, graphics, attribute, dac, memory.bytes(), frames())
        .render(on);
  }

  /** The characters on the screen, if it shows any. */
  public Optional<TextScreen> textScreen() {
    if (dispi.enabled() || graphics.graphics() || !attribute.screenOn()) {
      return Optional.empty();
    }
    return Optional.of(TextModeScreen.read(crtc, memory.bytes()));
  }

  /**
   * A number that is another one whenever {@link #render} might give another picture than before:
   * for consoles, which ask often.
   */
  public long changeCount() {
    boolean blinks = !dispi.enabled() && !graphics.graphics();
    long phase = blinks ? frames() / VgaRenderer.CURSOR_HALF_PERIOD : 0;
    return memory.changes() << 24 | phase & 0xFF_FFFF;
  }

  private long frames() {
    return timing.frames(clockSelect(), clock.now());
  }

  private int clockSelect() {
    return miscellaneous >> 2 & 3;
  }

  @Override
  public int read8(int offset) {
    return switch (offset) {
      case VgaPorts.ATTRIBUTE_WRITE -> attribute.address;
      case VgaPorts.ATTRIBUTE_READ -> attribute.read();
      case VgaPorts.MISCELLANEOUS_WRITE -> inputStatus0();
      case VgaPorts.SUBSYSTEM_ENABLE -> subsystemEnable;
      case VgaPorts.SEQUENCER_INDEX -> sequencer.index;
      case VgaPorts.SEQUENCER_DATA ->
          sequencer.index < Sequencer.COUNT
              ? sequencer.registers[sequencer.index]
              : s3.readSequencer(sequencer.index);
      case VgaPorts.DAC_MASK -> dac.mask;
      case VgaPorts.DAC_READ_INDEX -> dac.state;
      case VgaPorts.DAC_WRITE_INDEX -> dac.writeIndex;
      case VgaPorts.DAC_DATA -> dac.readData();
      case VgaPorts.FEATURE_READ -> feature;
      case VgaPorts.MISCELLANEOUS_READ -> miscellaneous;
      case VgaPorts.GRAPHICS_INDEX -> graphics.index;
      case VgaPorts.GRAPHICS_DATA ->
          graphics.index < GraphicsController.COUNT ? graphics.registers[graphics.index] : 0;
      case VgaPorts.MONO_CRTC_INDEX, VgaPorts.COLOUR_CRTC_INDEX ->
          answers(offset) ? crtc.index : OPEN_BUS;
      case VgaPorts.MONO_CRTC_DATA, VgaPorts.COLOUR_CRTC_DATA ->
          answers(offset) ? readCrtc() : OPEN_BUS;
      case VgaPorts.MONO_STATUS_1, VgaPorts.COLOUR_STATUS_1 ->
          answers(offset) ? inputStatus1() : OPEN_BUS;
      default -> OPEN_BUS;
    };
  }

  @Override
  public void write8(int offset, int value) {
    memory.changed();
    switch (offset) {
      case VgaPorts.ATTRIBUTE_WRITE -> attribute.write(value);
      case VgaPorts.MISCELLANEOUS_WRITE -> miscellaneous = value;
      case VgaPorts.SUBSYSTEM_ENABLE -> subsystemEnable = value & 1;
      case VgaPorts.SEQUENCER_INDEX -> sequencer.index = value;
      case VgaPorts.SEQUENCER_DATA -> {
        if (sequencer.index < Sequencer.COUNT) {
          sequencer.write(sequencer.index, value);
        } else {
          s3.writeSequencer(sequencer.index, value);
        }
      }
      case VgaPorts.DAC_MASK -> dac.mask = value;
      case VgaPorts.DAC_READ_INDEX -> dac.setReadIndex(value);
      case VgaPorts.DAC_WRITE_INDEX -> dac.setWriteIndex(value);
      case VgaPorts.DAC_DATA -> dac.writeData(value);
      case VgaPorts.GRAPHICS_INDEX -> graphics.index = value & 0x0F;
      case VgaPorts.GRAPHICS_DATA -> {
        if (graphics.index < GraphicsController.COUNT) {
          graphics.write(graphics.index, value);
        }
      }
      case VgaPorts.MONO_CRTC_INDEX, VgaPorts.COLOUR_CRTC_INDEX -> {
        if (answers(offset)) {
          crtc.index = value;
        }
      }
      case VgaPorts.MONO_CRTC_DATA, VgaPorts.COLOUR_CRTC_DATA -> {
        if (answers(offset)) {
          writeCrtc(value);
        }
      }
      case VgaPorts.MONO_STATUS_1, VgaPorts.COLOUR_STATUS_1 -> {
        if (answers(offset)) {
          feature = value & 0x0B;
        }
      }
      default -> {}
    }
    configureMemory();
  }

  private void configureMemory() {
    memory.configure(subsystemEnable != 0, (miscellaneous & HIGH_PAGE) != 0);
  }

  /** Whether this CRT controller port is where Miscellaneous Output put it. */
  private boolean answers(int offset) {
    return offset > VgaPorts.ATTRIBUTE_WRITE == ((miscellaneous & COLOUR_PORTS) != 0);
  }

  private int readCrtc() {
    return switch (crtc.index) {
      case LATCH_DATA ->
          memory.latches >>> 8 * graphics.registers[GraphicsController.READ_MAP_SELECT] & 0xFF;
      case ATTRIBUTE_FLIP_FLOP -> attribute.dataNext ? 0x80 : 0;
      case ATTRIBUTE_INDEX -> attribute.address;
      default ->
          crtc.index < CrtController.COUNT ? crtc.registers[crtc.index] : s3.readCrtc(crtc.index);
    };
  }

  private void writeCrtc(int value) {
    if (crtc.index < CrtController.COUNT) {
      crtc.write(crtc.index, value);
    } else {
      s3.writeCrtc(crtc.index, value);
    }
  }

  private int inputStatus0() {
    int colour = dac.xrgb(0);
    int sum = (colour >> 18 & 0x3F) + (colour >> 10 & 0x3F) + (colour >> 2 & 0x3F);
    return sum < SENSE_LEVEL ? SWITCH_SENSE : 0;
  }

  private int inputStatus1() {
    attribute.dataNext = false;
    long now = clock.now();
    int status = timing.displayed(clockSelect(), now) ? 0 : NOT_DISPLAYED;
    return timing.verticalRetrace(clockSelect(), now) ? status | VERTICAL_RETRACE : status;
  }

  @Override
  public void reset() {
    sequencer.reset();
    crtc.reset();
    graphics.reset();
    attribute.reset();
    dac.reset();
    s3.reset();
    dispi.reset();
    miscellaneous = 0;
    feature = 0;
    subsystemEnable = 1;
    memory.latches = 0;
    memory.clear();
    configureMemory();
  }

  @Override
  public VgaState save() {
    return new VgaState(
        miscellaneous,
        feature,
        subsystemEnable != 0,
        new VgaState.Registers(sequencer.index, sequencer.registers.clone()),
        new VgaState.Registers(crtc.index, crtc.registers.clone()),
        new VgaState.Registers(graphics.index, graphics.registers.clone()),
        new VgaState.Registers(attribute.address, attribute.registers.clone()),
        attribute.dataNext,
        VgaState.DacState.of(dac),
        new VgaState.Registers(dispi.index, dispi.registers.clone()),
        s3.crtc.clone(),
        s3.sequencer.clone(),
        memory.latches,
        VgaState.MemoryState.of(memory.bytes()));
  }

  @Override
  public void restore(VgaState state) throws BadStateException {
    state.check();
    miscellaneous = state.miscellaneous() & 0xFF;
    feature = state.feature() & 0x0B;
    subsystemEnable = state.subsystemEnabled() ? 1 : 0;
    sequencer.index = state.sequencer().index() & 0xFF;
    crtc.index = state.crtc().index() & 0xFF;
    graphics.index = state.graphics().index() & 0x0F;
    attribute.address = state.attribute().index() & 0x3F;
    attribute.dataNext = state.attributeDataNext();
    for (int i = 0; i < Sequencer.COUNT; i++) {
      sequencer.write(i, state.sequencer().values()[i]);
    }
    for (int i = 0; i < GraphicsController.COUNT; i++) {
      graphics.write(i, state.graphics().values()[i]);
    }
    for (int i = 0; i < AttributeController.COUNT; i++) {
      attribute.writeRegister(i, state.attribute().values()[i]);
    }
    VgaState.copyBytes(state.crtc().values(), crtc.registers);
    VgaState.copyBytes(state.s3Crtc(), s3.crtc);
    VgaState.copyBytes(state.s3Sequencer(), s3.sequencer);
    state.dac().into(dac);
    dispi.restore(state.dispi().index(), state.dispi().values());
    memory.latches = state.latches();
    state.memory().into(memory.bytes());
    memory.changed();
    configureMemory();
  }

  /** Index at 1CEh, data at 1CFh and again at 1D0h, where it is aligned; 16 bits each. */
  private final class DispiPorts implements PortDevice {
    @Override
    public int read16(int offset) {
      return switch (offset) {
        case 0 -> dispi.index;
        case 1, 2 -> dispi.read();
        default -> 0xFFFF;
      };
    }

    @Override
    public void write16(int offset, int value) {
      if (offset == 0) {
        dispi.index = value & 0xFFFF;
      } else if (offset <= 2) {
        Dispi.Effect effect = dispi.write(value & 0xFFFF);
        if (effect != Dispi.Effect.NONE) {
          dac.eightBits = dispi.enabled() && dispi.eightBitDac();
          if (effect == Dispi.Effect.CLEAR) {
            memory.clear();
          }
          memory.changed();
          configureMemory();
        }
      }
    }

    /** The registers are 16 bits wide; a byte access reaches the low half, for reading only. */
    @Override
    public int read8(int offset) {
      return read16(offset) & 0xFF;
    }

    @Override
    public void write8(int offset, int value) {}
  }
}
