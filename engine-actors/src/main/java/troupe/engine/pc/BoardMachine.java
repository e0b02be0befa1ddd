package troupe.engine.pc;

import java.util.ArrayList;
import java.util.List;
import troupe.board.Machine;
import troupe.board.MachineState;
import troupe.board.RunEnd;
import troupe.devices.kbc.Key;
import troupe.devices.outside.BlockPort;
import troupe.devices.serial.I16550;
import troupe.devices.state.BadStateException;
import troupe.devices.state.StateCodec;
import troupe.engine.vm.DriveSlot;
import troupe.engine.vm.GuestMachine;
import troupe.engine.vm.MouseButton;
import troupe.engine.vm.NetworkTraffic;
import troupe.engine.vm.Screen;
import troupe.processor.memory.PhysicalMemory;

/** A 440BX PC as the engine drives it. */
final class BoardMachine implements GuestMachine {
  private static final Stop TIME_USED = new Stop.TimeUsed();
  private static final Stop ATTENTION = new Stop.Attention();
  private static final Stop HALTED = new Stop.Halted();

  private final Machine machine;

  BoardMachine(Machine machine) {
    this.machine = machine;
  }

  @Override
  public List<Unit> units() {
    List<Unit> units = new ArrayList<>();
    for (troupe.board.Unit unit : machine.units()) {
      switch (unit.kind()) {
        case IDE -> units.add(new Unit(unit.name(), Unit.Kind.IDE, unit.index()));
        case FLOPPY -> units.add(new Unit(unit.name(), Unit.Kind.FLOPPY, unit.index()));
        case SERIAL -> units.add(new Unit(unit.name(), Unit.Kind.SERIAL, unit.index()));
        case PARALLEL -> units.add(new Unit(unit.name(), Unit.Kind.PARALLEL, unit.index()));
        case KEYBOARD_AND_MOUSE -> {
          units.add(new Unit("keyboard", Unit.Kind.KEYBOARD, 0));
          units.add(new Unit("mouse", Unit.Kind.MOUSE, 0));
        }
        case DISPLAY -> units.add(new Unit(unit.name(), Unit.Kind.DISPLAY, unit.index()));
        case BOARD -> units.add(new Unit(unit.name(), Unit.Kind.BOARD, unit.index()));
      }
    }
    return units;
  }

  @Override
  public Stop run(long nanos) {
    return switch (machine.run(nanos)) {
      case RunEnd.Budget _ -> TIME_USED;
      case RunEnd.Attention _ -> ATTENTION;
      case RunEnd.Halted _ -> HALTED;
      case RunEnd.PoweredOff _ -> new Stop.PoweredOff();
      case RunEnd.ResetRequested _ -> new Stop.ResetRequested();
      case RunEnd.TripleFault _ -> new Stop.TripleFault();
      case RunEnd.ExitPort(int value) -> new Stop.ExitPort(value);
    };
  }

  @Override
  public void requestAttention() {
    machine.requestAttention();
  }

  @Override
  public void clearAttention() {
    machine.clearAttention();
  }

  @Override
  public void resumeTime() {
    machine.resume();
  }

  @Override
  public void holdTime() {
    machine.hold();
  }

  @Override
  public long nanosToAlarm() {
    return machine.hostNanosToAlarm();
  }

  @Override
  public void reset() {
    machine.reset();
  }

  @Override
  public void powerButton() {
    machine.pressPowerButton();
  }

  @Override
  public long instructions() {
    return machine.instructions();
  }

  @Override
  public long translationNanos() {
    return machine.translationNanos();
  }

  @Override
  public long codeBytes() {
    return machine.codeBytes();
  }

  @Override
  public NetworkTraffic network() {
    // The board has no adapter.
    return NetworkTraffic.NONE;
  }

  @Override
  public long virtualNanos() {
    return machine.nanos();
  }

  @Override
  public String describe() {
    return machine.describe();
  }

  @Override
  public boolean receiveSerial(int port, int value) {
    I16550 chip = machine.serial(port);
    if (chip.receiveSpace() <= 0) {
      return false;
    }
    chip.receive(value);
    return true;
  }

  @Override
  public void onSerialRoom(int port, Runnable listener) {
    machine.serial(port).onReceiveRoom(listener);
  }

  @Override
  public void serialSinkReady(int port) {
    machine.serial(port).sinkReady();
  }

  @Override
  public void parallelSinkReady() {
    machine.parallel().sinkReady();
  }

  @Override
  public boolean key(Key key, boolean down) {
    if (!down) {
      machine.keyboard().release(key);
      return true;
    }
    if (!machine.keyboard().canAccept()) {
      return false;
    }
    machine.keyboard().press(key);
    return true;
  }

  @Override
  public void moveMouse(int dx, int dy, int wheel) {
    machine.mouse().move(dx, dy, wheel);
  }

  @Override
  public void mouseButton(MouseButton button, boolean down) {
    machine.mouse().button(button.ordinal(), down);
  }

  @Override
  public Screen screen() {
    return new Screen(machine.display().render(), machine.display().textScreen());
  }

  @Override
  public boolean idle() {
    return machine.idle();
  }

  @Override
  public Snapshot save() {
    PhysicalMemory memory = machine.memory();
    byte[][] ram = new byte[memory.ramPages()][];
    for (int page = 0; page < ram.length; page++) {
      ram[page] = memory.ramPageIfPresent(page);
    }
    return new Snapshot(StateCodec.encode(machine.save()), ram);
  }

  @Override
  public void restore(Snapshot snapshot) {
    PhysicalMemory memory = machine.memory();
    if (snapshot.ram().length != memory.ramPages()) {
      throw new IllegalArgumentException("the saved state is of a PC with another size of memory");
    }
    memory.adoptRam(snapshot.ram());
    try {
      machine.restore(StateCodec.decode(MachineState.class, snapshot.state()));
    } catch (BadStateException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  @Override
  public boolean refusesToEject(DriveSlot slot) {
    return !slot.floppy()
        && machine
            .cdRom(PcFactory.slot(slot))
            .filter(drive -> drive.locked() && !drive.eject())
            .isPresent();
  }

  @Override
  public void insert(DriveSlot slot, BlockPort medium) {
    if (slot.floppy()) {
      machine.floppy().insert(slot.position(), medium);
    } else {
      machine.cdRom(PcFactory.slot(slot)).ifPresent(drive -> drive.insert(medium));
    }
  }

  @Override
  public void eject(DriveSlot slot) {
    if (slot.floppy()) {
      machine.floppy().eject(slot.position());
    } else {
      machine.cdRom(PcFactory.slot(slot)).ifPresent(drive -> drive.remove());
    }
  }
}
