package troupe.devices.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import troupe.devices.bus.PortDevice;
import troupe.devices.clock.TimerQueue;

/**
 * What every chip must hold to. A chip's test extends this class and says how to make the chip and
 * how to exercise it.
 */
public abstract class ChipContractTest<S extends Record, C extends Chip<S>> {
  /** The clock of the chip made last by {@link #create}. */
  protected final TimerQueue clock = new TimerQueue();

  /** A new chip on {@code clock}, its other surroundings inert. */
  protected abstract C create(TimerQueue clock);

  /** Puts the chip into a state far from reset; the same calls give the same state each time. */
  protected abstract void exercise(C chip);

  /** The chip's registers, for random accesses, or null if it has none in I/O space. */
  protected abstract PortDevice ports(C chip);

  /** How many ports it answers at. */
  protected abstract int portCount();

  /** What can be observed of the chip from outside after some more time and accesses. */
  protected void goOn(C chip, TimerQueue clock) {
    PortDevice ports = ports(chip);
    clock.advanceTo(clock.now() + 1_000_000);
    for (int i = 0; ports != null && i < portCount(); i++) {
      ports.read8(i);
    }
    clock.advanceTo(clock.now() + 50_000_000);
  }

  @Test
  protected void resetEqualsPowerOn() {
    C chip = create(clock);
    exercise(chip);
    chip.reset();
    TimerQueue sameTime = new TimerQueue();
    sameTime.restore(clock.now());
    C fresh = create(sameTime);
    assertEquals(
        describe(StateCodec.encode(fresh.save())), describe(StateCodec.encode(chip.save())));
  }

  @Test
  void saveRestoreSaveGivesTheSameBytes() throws BadStateException {
    C chip = create(clock);
    exercise(chip);
    byte[] saved = StateCodec.encode(chip.save());
    C other = restored(saved, clock.now(), new TimerQueue());
    assertEquals(describe(saved), describe(StateCodec.encode(other.save())));
  }

  @Test
  void saveRunEqualsRestoreRun() throws BadStateException {
    C chip = create(clock);
    exercise(chip);
    byte[] saved = StateCodec.encode(chip.save());
    TimerQueue otherClock = new TimerQueue();
    C other = restored(saved, clock.now(), otherClock);
    goOn(chip, clock);
    goOn(other, otherClock);
    assertEquals(
        describe(StateCodec.encode(chip.save())), describe(StateCodec.encode(other.save())));
  }

  @Test
  void randomAccessesAreHarmless() {
    C chip = create(clock);
    PortDevice ports = ports(chip);
    if (ports == null) {
      return;
    }
    Random random = new Random(1);
    for (int i = 0; i < 100_000; i++) {
      int port = random.nextInt(portCount());
      switch (random.nextInt(7)) {
        case 0 -> ports.write8(port, random.nextInt(256));
        case 1 -> ports.write16(port, random.nextInt(65_536));
        case 2 -> ports.write32(port, random.nextInt());
        case 3 -> assertEquals(0, ports.read8(port) & ~0xFF);
        case 4 -> ports.read16(port);
        case 5 -> ports.read32(port);
        default -> clock.advanceTo(clock.now() + random.nextInt(1_000_000));
      }
    }
    StateCodec.encode(chip.save());
  }

  @Test
  void truncatedStateIsRefused() {
    C chip = create(clock);
    exercise(chip);
    byte[] saved = StateCodec.encode(chip.save());
    for (int length : new int[] {0, 1, saved.length / 2, saved.length - 1}) {
      assertThrows(
          BadStateException.class,
          () -> StateCodec.decode(stateType(chip), Arrays.copyOf(saved, length)));
    }
  }

  /** A damaged state is refused, or gives a chip that goes on without an exception. */
  @Test
  void damagedStateIsHarmless() {
    C chip = create(clock);
    exercise(chip);
    byte[] saved = StateCodec.encode(chip.save());
    Random random = new Random(2);
    for (int i = 0; i < 300; i++) {
      byte[] damaged = saved.clone();
      int at = random.nextInt(damaged.length);
      damaged[at] = (byte) random.nextInt(256);
      try {
        TimerQueue otherClock = new TimerQueue();
        C other = restored(damaged, clock.now(), otherClock);
        PortDevice ports = ports(other);
        for (int j = 0; ports != null && j < 4 * portCount(); j++) {
          ports.write8(random.nextInt(portCount()), random.nextInt(256));
          ports.read8(random.nextInt(portCount()));
          otherClock.advanceTo(otherClock.now() + 100_000);
        }
        StateCodec.encode(other.save());
      } catch (BadStateException expected) {
        assertNotNull(expected.getMessage());
      }
    }
  }

  private C restored(byte[] saved, long now, TimerQueue otherClock) throws BadStateException {
    otherClock.restore(now);
    C other = create(otherClock);
    other.restore(StateCodec.decode(stateType(other), saved));
    return other;
  }

  @SuppressWarnings("unchecked")
  private Class<S> stateType(C chip) {
    return (Class<S>) chip.save().getClass();
  }

  private String describe(byte[] state) {
    return java.util.HexFormat.of().formatHex(state);
  }
}
