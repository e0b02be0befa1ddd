package troupe.engine.vm;

import java.util.List;
import troupe.devices.kbc.Key;
import troupe.devices.outside.BlockPort;

/**
 * One whole PC as the engine drives it, on its VM's thread only (but for {@link
 * #requestAttention}). Tests put machines behind it that misbehave at will.
 */
public interface GuestMachine {
  /** Why {@link #run} came back. */
  sealed interface Stop {
    /** The time is used up. */
    record TimeUsed() implements Stop {}

    /** {@link #requestAttention} was called. */
    record Attention() implements Stop {}

    /** The guest waits for an interrupt; nothing happens before {@link #nanosToAlarm}. */
    record Halted() implements Stop {}

    record PoweredOff() implements Stop {}

    /** The guest asked for a reset, which has not been done yet. */
    record ResetRequested() implements Stop {}

    record TripleFault() implements Stop {}

    /** The guest wrote {@code value} to the exit port. */
    record ExitPort(int value) implements Stop {}
  }

  /** A part that is an actor of its own. */
  record Unit(String name, Kind kind, int index) {
    /** What messages the part understands. */
    public enum Kind {
      /** All IDE channels. */
      IDE,
      FLOPPY,
      SERIAL,
      PARALLEL,
      KEYBOARD,
      MOUSE,
      DISPLAY,
      /** Nothing: it belongs to the board. */
      BOARD
    }
  }

  List<Unit> units();

  /** Runs the guest for about {@code nanos} nanoseconds of CPU time, or less. */
  Stop run(long nanos);

  /** Makes a {@link #run} in progress, or the next one, return soon. Any thread may call this. */
  void requestAttention();

  /** Forgets a {@link #requestAttention} that no {@link #run} has met. */
  void clearAttention();

  /** Virtual time runs from now on. */
  void resumeTime();

  /** Virtual time stands from now on. */
  void holdTime();

  /** Host nanoseconds until a halted guest has something to do; {@link Long#MAX_VALUE}: never. */
  long nanosToAlarm();

  /** As the reset button. */
  void reset();

  /** As the power button. */
  void powerButton();

  /** Instructions that the guest has executed since power-on. */
  long instructions();

  /** CPU time that other threads have spent on translating this guest's code, nanoseconds. */
  default long translationNanos() {
    return 0;
  }

  /** Bytes of memory that the guest's code takes now, decoded and translated. */
  long codeBytes();

  /** What the network adapters have moved since power-on. */
  NetworkTraffic network();

  /** Virtual nanoseconds since power-on. */
  long virtualNanos();

  /** Where the processor stands, in one line for a report: mode, CS:EIP and the like. */
  String describe();

  /** Gives a serial port (0 is COM1) a byte from its line; false if it has no room now. */
  boolean receiveSerial(int port, int value);

  /** {@code listener} runs, on the VM's thread, when {@link #receiveSerial} may have room again. */
  void onSerialRoom(int port, Runnable listener);

  /** A serial port's sink, which refused a byte, has room again. */
  void serialSinkReady(int port);

  /** As {@link #serialSinkReady} for the parallel port. */
  void parallelSinkReady();

  /** Presses or releases a key; false if the keyboard has no room now. */
  boolean key(Key key, boolean down);

  /** Moves the mouse, to the right and downwards, and turns its wheel. */
  void moveMouse(int dx, int dy, int wheel);

  void mouseButton(MouseButton button, boolean down);

  Screen screen();

  /** Whether no transfer of a drive is under way: only then can the PC be saved. */
  boolean idle();

  /**
   * The PC as it is.
   *
   * @param state all but RAM
   * @param ram pages of 4,096 bytes, the machine's own, not copies; null for one that is all zero
   */
  record Snapshot(byte[] state, byte[][] ram) {}

  /** Takes a snapshot; it is good until the PC runs again. Time must stand. */
  Snapshot save();

  /**
   * Takes a snapshot over, pages included. Done once, before the PC runs.
   *
   * @throws IllegalArgumentException with one line if it is not of such a PC, or damaged; then the
   *     PC is of no use any more
   */
  void restore(Snapshot snapshot);

  /**
   * Presses the eject button of a drive that the guest has locked, which tells the guest of the
   * wish and does no more; false if it is not locked.
   */
  boolean refusesToEject(DriveSlot slot);

  /** Puts a medium into a CD or floppy drive. */
  void insert(DriveSlot slot, BlockPort medium);

  void eject(DriveSlot slot);
}
