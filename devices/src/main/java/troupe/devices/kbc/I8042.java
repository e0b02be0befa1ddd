package troupe.devices.kbc;

import java.util.Arrays;
import troupe.devices.bus.PortDevice;
import troupe.devices.bus.Wire;
import troupe.devices.clock.Clock;
import troupe.devices.clock.Timer;
import troupe.devices.state.BadStateException;
import troupe.devices.state.Chip;

/**
 * The 8042 keyboard controller of a PS/2, with its keyboard and mouse. Offset 0 is the data port
 * (60h), offset 4 status and command (64h).
 *
 * <p>Bytes of keyboard and mouse arrive one {@link #BYTE_TIME} after the last was fetched, as over
 * the serial lines: interrupt handlers that fetch a byte twice rely on it. The controller's own
 * replies are there at once.
 */
public final class I8042 implements PortDevice, Chip<I8042.State> {
  /** Nanoseconds between a byte fetched and the next of a device: 11 bits at some 16 kHz. */
  static final long BYTE_TIME = 700_000;

  private static final int STATUS_PORT = 4;

  private static final int STATUS_OUTPUT_FULL = 0x01;
  private static final int STATUS_SYSTEM = 0x04;
  private static final int STATUS_COMMAND = 0x08;
  private static final int STATUS_UNLOCKED = 0x10;
  private static final int STATUS_AUX_DATA = 0x20;

  private static final int MODE_KEYBOARD_INTERRUPT = 0x01;
  private static final int MODE_AUX_INTERRUPT = 0x02;
  private static final int MODE_SYSTEM = 0x04;
  private static final int MODE_KEYBOARD_OFF = 0x10;
  private static final int MODE_AUX_OFF = 0x20;
  private static final int MODE_TRANSLATE = 0x40;
  private static final int MODE_BITS = 0x77;

  /** So that a guest whose firmware leaves the controller alone still gets its keys. */
  private static final int MODE_AT_RESET = MODE_KEYBOARD_INTERRUPT | MODE_AUX_OFF | MODE_TRANSLATE;

  private static final int OUTPUT_NOT_RESET = 0x01;
  private static final int OUTPUT_A20 = 0x02;
  private static final int OUTPUT_KEYBOARD_FULL = 0x10;
  private static final int OUTPUT_AUX_FULL = 0x20;
  private static final int OUTPUT_LINES = 0xC0;

  /** Keyboard not locked, no manufacturing jumper. */
  private static final int INPUT_PORT = 0xB0;

  private static final int READ_RAM = 0x20;
  private static final int WRITE_RAM = 0x60;
  private static final int RAM = 0x20;
  private static final int TEST_PASSWORD = 0xA4;
  private static final int LOAD_PASSWORD = 0xA5;
  private static final int AUX_DISABLE = 0xA7;
  private static final int AUX_ENABLE = 0xA8;
  private static final int AUX_TEST = 0xA9;
  private static final int SELF_TEST = 0xAA;
  private static final int KEYBOARD_TEST = 0xAB;
  private static final int KEYBOARD_DISABLE = 0xAD;
  private static final int KEYBOARD_ENABLE = 0xAE;
  private static final int READ_INPUT = 0xC0;
  private static final int READ_OUTPUT = 0xD0;
  private static final int WRITE_OUTPUT = 0xD1;
  private static final int WRITE_KEYBOARD_BUFFER = 0xD2;
  private static final int WRITE_AUX_BUFFER = 0xD3;
  private static final int WRITE_AUX = 0xD4;
  private static final int DISABLE_A20 = 0xDD;
  private static final int ENABLE_A20 = 0xDF;
  private static final int READ_TEST_INPUTS = 0xE0;
  private static final int PULSE_OUTPUT = 0xF0;

  private static final int SELF_TEST_PASSED = 0x55;
  private static final int INTERFACE_TEST_PASSED = 0x00;
  private static final int NO_PASSWORD = 0xF1;

  private final Clock clock;
  private final Wire keyboardIrq;
  private final Wire auxIrq;
  private final Wire a20;
  private final Wire reset;
  private final Timer delivery;
  private final Keyboard keyboard = new Keyboard(this::fetch);
  private final Mouse mouse = new Mouse(this::fetch);

  private final byte[] ram = new byte[RAM];
  private final ByteQueue replies = new ByteQueue(16);
  private final ByteQueue auxReplies = new ByteQueue(16);
  private int mode;
  private int output;
  private boolean outputFull;
  private boolean outputAux;
  private boolean outputOfDevice;
  private boolean lastWasCommand;
  private int awaiting;
  private boolean breakPrefix;
  private boolean a20High;
  private long nextByteAt;

  /**
   * @param keyboardIrq IRQ 1
   * @param auxIrq IRQ 12
   * @param a20 the A20 gate, high at reset
   * @param reset pulsed high to reset the processor
   */
  public I8042(Clock clock, Wire keyboardIrq, Wire auxIrq, Wire a20, Wire reset) {
    this.clock = clock;
    this.keyboardIrq = keyboardIrq;
    this.auxIrq = auxIrq;
    this.a20 = a20;
    this.reset = reset;
    delivery = clock.timer(this::fetch);
    clear();
  }

  private void clear() {
    Arrays.fill(ram, (byte) 0);
    replies.clear();
    auxReplies.clear();
    mode = MODE_AT_RESET;
    output = 0;
    outputFull = false;
    outputAux = false;
    outputOfDevice = false;
    lastWasCommand = false;
    awaiting = 0;
    breakPrefix = false;
    a20High = true;
    nextByteAt = 0;
    delivery.cancel();
  }

  @Override
  public void reset() {
    clear();
    keyboard.reset();
    mouse.reset();
    driveInterrupts();
    a20.set(true);
  }

  public Keyboard keyboard() {
    return keyboard;
  }

  public Mouse mouse() {
    return mouse;
  }

  @Override
  public int read8(int offset) {
    fetch();
    return offset == STATUS_PORT ? status() : readData();
  }

  private int status() {
    return (outputFull ? STATUS_OUTPUT_FULL : 0)
        | ((mode & MODE_SYSTEM) != 0 ? STATUS_SYSTEM : 0)
        | (lastWasCommand ? STATUS_COMMAND : 0)
        | STATUS_UNLOCKED
        | (outputFull && outputAux ? STATUS_AUX_DATA : 0);
  }

  private int readData() {
    int value = output;
    if (outputFull) {
      outputFull = false;
      if (outputOfDevice) {
        nextByteAt = clock.now() + BYTE_TIME;
      }
      driveInterrupts();
      fetch();
    }
    return value;
  }

  /** Fills the output buffer if it is empty and there is something for it. */
  private void fetch() {
    if (outputFull) {
      return;
    }
    if (!replies.isEmpty()) {
      fill(replies.remove(), false, false);
    } else if (!auxReplies.isEmpty()) {
      fill(auxReplies.remove(), true, false);
    } else if (keyboardReady() || auxReady()) {
      if (clock.now() < nextByteAt) {
        delivery.schedule(nextByteAt);
      } else {
        fetchFromDevice();
      }
    }
  }

  private boolean keyboardReady() {
    return (mode & MODE_KEYBOARD_OFF) == 0 && keyboard.hasByte();
  }

  private boolean auxReady() {
    return (mode & MODE_AUX_OFF) == 0 && mouse.hasByte();
  }

  private void fetchFromDevice() {
    while (keyboardReady()) {
      int value = keyboard.takeByte();
      if ((mode & MODE_TRANSLATE) == 0) {
        breakPrefix = false;
        fill(value, false, true);
        return;
      }
      if (value != ScanCodes.BREAK) {
        int translated = ScanCodes.translate(value);
        fill(breakPrefix ? translated | ScanCodes.SET_1_BREAK : translated, false, true);
        breakPrefix = false;
        return;
      }
      breakPrefix = true;
    }
    if (auxReady()) {
      fill(mouse.takeByte(), true, true);
    }
  }

  private void fill(int value, boolean aux, boolean ofDevice) {
    output = value;
    outputFull = true;
    outputAux = aux;
    outputOfDevice = ofDevice;
    driveInterrupts();
  }

  private void driveInterrupts() {
    keyboardIrq.set(outputFull && !outputAux && (mode & MODE_KEYBOARD_INTERRUPT) != 0);
    auxIrq.set(outputFull && outputAux && (mode & MODE_AUX_INTERRUPT) != 0);
  }

  @Override
  public void write8(int offset, int value) {
    fetch();
    lastWasCommand = offset == STATUS_PORT;
    if (lastWasCommand) {
      writeCommand(value & 0xFF);
    } else {
      writeData(value & 0xFF);
    }
    driveInterrupts();
    fetch();
  }

  private void writeCommand(int command) {
    awaiting = 0;
    if (command >= PULSE_OUTPUT) {
      if ((command & OUTPUT_NOT_RESET) == 0) {
        reset.pulse();
      }
      return;
    }
    if (command >= READ_RAM && command < READ_RAM + RAM) {
      replies.add(command == READ_RAM ? mode : ram[command - READ_RAM] & 0xFF);
      return;
    }
    if (command >= WRITE_RAM && command < WRITE_RAM + RAM) {
      awaiting = command;
      return;
    }
    switch (command) {
      case TEST_PASSWORD -> replies.add(NO_PASSWORD);
      case LOAD_PASSWORD, WRITE_OUTPUT, WRITE_KEYBOARD_BUFFER, WRITE_AUX_BUFFER, WRITE_AUX ->
          awaiting = command;
      case AUX_DISABLE -> mode |= MODE_AUX_OFF;
      case AUX_ENABLE -> mode &= ~MODE_AUX_OFF;
      case AUX_TEST, KEYBOARD_TEST -> replies.add(INTERFACE_TEST_PASSED);
      case SELF_TEST -> {
        outputFull = false;
        replies.clear();
        auxReplies.clear();
        mode |= MODE_SYSTEM;
        replies.add(SELF_TEST_PASSED);
      }
      case KEYBOARD_DISABLE -> mode |= MODE_KEYBOARD_OFF;
      case KEYBOARD_ENABLE -> mode &= ~MODE_KEYBOARD_OFF;
      case READ_INPUT -> replies.add(INPUT_PORT);
      case READ_OUTPUT -> replies.add(outputPort());
      case DISABLE_A20 -> driveA20(false);
      case ENABLE_A20 -> driveA20(true);
      case READ_TEST_INPUTS -> replies.add(0);
      default -> {} // nothing happens
    }
  }

  private int outputPort() {
    return OUTPUT_NOT_RESET
        | (a20High ? OUTPUT_A20 : 0)
        | (outputFull && !outputAux ? OUTPUT_KEYBOARD_FULL : 0)
        | (outputFull && outputAux ? OUTPUT_AUX_FULL : 0)
        | OUTPUT_LINES;
  }

  private void writeData(int value) {
    int command = awaiting;
    awaiting = 0;
    switch (command) {
      case 0 -> {
        mode &= ~MODE_KEYBOARD_OFF; // sending to a device switches its line on
        nextByteAt = clock.now() + BYTE_TIME;
        keyboard.write(value);
      }
      case WRITE_RAM -> mode = value & MODE_BITS;
      case LOAD_PASSWORD -> awaiting = value == 0 ? 0 : LOAD_PASSWORD;
      case WRITE_OUTPUT -> {
        driveA20((value & OUTPUT_A20) != 0);
        if ((value & OUTPUT_NOT_RESET) == 0) {
          reset.pulse();
        }
      }
      case WRITE_KEYBOARD_BUFFER -> replies.add(value);
      case WRITE_AUX_BUFFER -> auxReplies.add(value);
      case WRITE_AUX -> {
        mode &= ~MODE_AUX_OFF;
        nextByteAt = clock.now() + BYTE_TIME;
        mouse.write(value);
      }
      default -> ram[command - WRITE_RAM] = (byte) value;
    }
  }

  private void driveA20(boolean high) {
    a20High = high;
    a20.set(high);
  }

  @Override
  public State save() {
    return new State(
        keyboard.save(),
        mouse.save(),
        ram.clone(),
        replies.save(),
        auxReplies.save(),
        mode,
        output,
        outputFull,
        outputAux,
        outputOfDevice,
        lastWasCommand,
        awaiting,
        breakPrefix,
        a20High,
        nextByteAt);
  }

  @Override
  public void restore(State state) throws BadStateException {
    if (state.keyboard == null
        || state.mouse == null
        || state.ram == null
        || state.ram.length != RAM) {
      throw new BadStateException("8042: keyboard, mouse or RAM missing");
    }
    int parameterOf = state.awaiting;
    boolean known =
        switch (parameterOf) {
          case 0, LOAD_PASSWORD, WRITE_OUTPUT, WRITE_KEYBOARD_BUFFER, WRITE_AUX_BUFFER, WRITE_AUX ->
              true;
          default -> parameterOf >= WRITE_RAM && parameterOf < WRITE_RAM + RAM;
        };
    if (!known || state.nextByteAt < 0 || state.nextByteAt > clock.now() + BYTE_TIME) {
      throw new BadStateException("8042: command or time out of range");
    }
    keyboard.restore(state.keyboard);
    mouse.restore(state.mouse);
    System.arraycopy(state.ram, 0, ram, 0, RAM);
    replies.restore(state.replies);
    auxReplies.restore(state.auxReplies);
    mode = state.mode & MODE_BITS;
    output = state.output & 0xFF;
    outputFull = state.outputFull;
    outputAux = state.outputAux;
    outputOfDevice = state.outputOfDevice;
    lastWasCommand = state.lastWasCommand;
    awaiting = parameterOf;
    breakPrefix = state.breakPrefix;
    nextByteAt = state.nextByteAt;
    driveA20(state.a20High);
    driveInterrupts();
    fetch();
  }

  /** Saved state; {@code nextByteAt} in nanoseconds since power-on. */
  public record State(
      Keyboard.State keyboard,
      Mouse.State mouse,
      byte[] ram,
      byte[] replies,
      byte[] auxReplies,
      int mode,
      int output,
      boolean outputFull,
      boolean outputAux,
      boolean outputOfDevice,
      boolean lastWasCommand,
      int awaiting,
      boolean breakPrefix,
      boolean a20High,
      long nextByteAt) {}
}
