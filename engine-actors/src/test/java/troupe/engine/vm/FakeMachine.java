package troupe.engine.vm;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import troupe.devices.display.Frame;
import troupe.devices.display.TextScreen;
import troupe.devices.kbc.Key;
import troupe.devices.outside.BlockPort;
import troupe.devices.outside.ByteSink;

/** A PC whose guest is a function of the test's. */
public class FakeMachine implements GuestMachine {
  /** Makes each machine with this guest; nothing is read from files. */
  public static GuestMachineFactory running(Function<FakeMachine, Stop> guest) {
    return (_, _) -> attachments -> new FakeMachine(attachments, guest);
  }

  /** What a test finds in the VM's figures. */
  public static final long CODE_BYTES = 123_456;

  public static final NetworkTraffic NETWORK = new NetworkTraffic(2, 1_000, 2_000);

  public final List<String> keys = new ArrayList<>();
  public final List<String> screenLines = new ArrayList<>();
  private final GuestMachineFactory.Attachments attachments;
  private final Function<FakeMachine, Stop> guest;
  private final StringBuilder received = new StringBuilder();
  private volatile boolean attention;
  private long translationNanos;
  private long instructions;
  private boolean powerButton;
  private int resets;

  protected FakeMachine(
      GuestMachineFactory.Attachments attachments, Function<FakeMachine, Stop> guest) {
    this.attachments = attachments;
    this.guest = guest;
  }

  @Override
  public List<Unit> units() {
    return List.of(
        new Unit("com1", Unit.Kind.SERIAL, 0),
        new Unit("com2", Unit.Kind.SERIAL, 1),
        new Unit("keyboard", Unit.Kind.KEYBOARD, 0),
        new Unit("mouse", Unit.Kind.MOUSE, 0),
        new Unit("display", Unit.Kind.DISPLAY, 0),
        new Unit("pit", Unit.Kind.BOARD, 0));
  }

  @Override
  public Stop run(long nanos) {
    instructions += 1000;
    return guest.apply(this);
  }

  /** Computes until the engine wants the thread back. */
  public Stop computeUntilAttention() {
    long end = System.nanoTime() + 1_000_000;
    while (!attention && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    boolean wanted = attention;
    attention = false;
    return wanted ? new Stop.Attention() : new Stop.TimeUsed();
  }

  /** As if translating its code had taken CPU time of another thread. */
  public void translated(long nanos) {
    translationNanos += nanos;
  }

  @Override
  public long translationNanos() {
    return translationNanos;
  }

  /** Sends text through COM1; false if it did not fit. */
  public boolean print(String text) {
    ByteSink sink = attachments.serial().getOrDefault(0, ByteSink.NONE);
    for (byte b : text.getBytes(StandardCharsets.ISO_8859_1)) {
      if (!sink.offer(b & 0xFF)) {
        return false;
      }
    }
    return true;
  }

  public ByteSink portLog(int port) {
    return attachments.portLogs().get(port);
  }

  /** Takes what COM1 received. */
  public String takeReceived() {
    String text = received.toString();
    received.setLength(0);
    return text;
  }

  public boolean powerButtonPressed() {
    return powerButton;
  }

  public int resets() {
    return resets;
  }

  public long runs() {
    return instructions / 1000;
  }

  @Override
  public void requestAttention() {
    attention = true;
  }

  @Override
  public void clearAttention() {
    attention = false;
  }

  @Override
  public void resumeTime() {}

  @Override
  public void holdTime() {}

  @Override
  public long nanosToAlarm() {
    return Long.MAX_VALUE;
  }

  @Override
  public void reset() {
    resets++;
  }

  @Override
  public void powerButton() {
    powerButton = true;
  }

  @Override
  public long instructions() {
    return instructions;
  }

  @Override
  public long codeBytes() {
    return CODE_BYTES;
  }

  @Override
  public NetworkTraffic network() {
    return NETWORK;
  }

  @Override
  public long virtualNanos() {
    return instructions;
  }

  @Override
  public String describe() {
    return "real mode, F000:FFF0";
  }

  @Override
  public boolean receiveSerial(int port, int value) {
    received.append((char) value);
    return true;
  }

  @Override
  public void onSerialRoom(int port, Runnable listener) {}

  @Override
  public void serialSinkReady(int port) {}

  @Override
  public void parallelSinkReady() {}

  @Override
  public boolean key(Key key, boolean down) {
    keys.add((down ? "+" : "-") + key.scriptName());
    screenLines.clear();
    screenLines.add(String.join(" ", keys));
    return true;
  }

  @Override
  public void moveMouse(int dx, int dy, int wheel) {}

  @Override
  public void mouseButton(MouseButton button, boolean down) {}

  @Override
  public Screen screen() {
    return new Screen(Frame.of(8, 8, 0), Optional.of(new TextScreen(80, screenLines, -1, -1)));
  }

  @Override
  public boolean idle() {
    return true;
  }

  @Override
  public Snapshot save() {
    byte[][] ram = new byte[4096][];
    ram[1] = new byte[4096];
    ram[1][0] = 42;
    return new Snapshot(Long.toString(instructions).getBytes(StandardCharsets.US_ASCII), ram);
  }

  @Override
  public void restore(Snapshot snapshot) {
    if (snapshot.ram()[1][0] != 42) {
      throw new IllegalArgumentException("the RAM is wrong");
    }
    instructions = Long.parseLong(new String(snapshot.state(), StandardCharsets.US_ASCII));
  }

  @Override
  public boolean refusesToEject(DriveSlot slot) {
    return false;
  }

  @Override
  public void insert(DriveSlot slot, BlockPort medium) {}

  @Override
  public void eject(DriveSlot slot) {}
}
