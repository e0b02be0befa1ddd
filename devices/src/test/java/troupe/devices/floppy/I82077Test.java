package troupe.devices.floppy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import troupe.devices.bus.PortDevice;
import troupe.devices.clock.TimerQueue;
import troupe.devices.dma.DmaChannel;
import troupe.devices.outside.BlockPort;
import troupe.devices.outside.MemoryBlockPort;
import troupe.devices.state.BadStateException;
import troupe.devices.state.ChipContractTest;
import troupe.devices.state.StateCodec;

class I82077Test extends ChipContractTest<I82077.State, I82077> {
  private static final int DOR = 2;
  private static final int MSR = 4;
  private static final int DSR = 4;
  private static final int FIFO = 5;
  private static final int DIR = 7;
  private static final int CCR = 7;

  /** A DMA channel with an array of its own behind it. */
  private static final class FakeDma implements DmaChannel {
    byte[] memory = new byte[0];
    int position;
    boolean masked;

    void program(byte[] array) {
      memory = array;
      position = 0;
    }

    @Override
    public boolean ready() {
      return !masked && position < memory.length;
    }

    @Override
    public int toMemory(byte[] source, int offset, int length) {
      int count = masked ? 0 : Math.min(length, memory.length - position);
      System.arraycopy(source, offset, memory, position, count);
      position += count;
      return count;
    }

    @Override
    public int fromMemory(byte[] target, int offset, int length) {
      int count = masked ? 0 : Math.min(length, memory.length - position);
      System.arraycopy(memory, position, target, offset, count);
      position += count;
      return count;
    }

    @Override
    public boolean terminalCount() {
      return !masked && position == memory.length;
    }
  }

  private final FakeDma dma = new FakeDma();
  private final byte[] image = image(2880);
  private boolean irq;
  private int interrupts;

  private static byte[] image(int sectors) {
    byte[] content = new byte[sectors * 512];
    for (int i = 0; i < content.length; i++) {
      content[i] = (byte) (i / 512 * 31 + i % 512);
    }
    return content;
  }

  private byte[] sectors(int first, int count) {
    return Arrays.copyOfRange(image, first * 512, (first + count) * 512);
  }

  @Override
  protected I82077 create(TimerQueue timers) {
    I82077 chip =
        new I82077(
            timers,
            high -> {
              interrupts += high && !irq ? 1 : 0;
              irq = high;
            },
            dma,
            2);
    chip.insert(0, new MemoryBlockPort(image, 512, false));
    return chip;
  }

  @Override
  protected void exercise(I82077 chip) {
    chip.write8(DOR, 0x1C);
    clock.advanceTo(clock.now() + 1_000_000);
    for (int value : new int[] {0x13, 0, 0x5F, 0x10, 0x94}) {
      chip.write8(FIFO, value);
    }
    chip.read8(FIFO);
    chip.write8(CCR, 0);
    dma.program(new byte[2048]);
    for (int value : new int[] {0xE6, 0, 3, 0, 5, 2, 18, 0x1B, 0xFF}) {
      chip.write8(FIFO, value);
    }
    clock.advanceTo(clock.now() + 750_000);
    dma.program(new byte[2048]);
  }

  @Override
  protected void goOn(I82077 chip, TimerQueue timers) {
    dma.program(new byte[2048]);
    super.goOn(chip, timers);
  }

  @Override
  protected PortDevice ports(I82077 chip) {
    return chip;
  }

  @Override
  protected int portCount() {
    return 8;
  }

  private final I82077 fdc = create(clock);

  private void pass(long nanos) {
    clock.advanceTo(clock.now() + nanos);
  }

  private void command(int... bytes) {
    for (int value : bytes) {
      assertEquals(0x80, fdc.read8(MSR) & 0xC0, "ready for a command byte");
      fdc.write8(FIFO, value);
    }
  }

  private String results() {
    StringBuilder text = new StringBuilder();
    while ((fdc.read8(MSR) & 0xD0) == 0xD0) {
      text.append("%02X ".formatted(fdc.read8(FIFO)));
    }
    assertEquals(0x80, fdc.read8(MSR) & 0xF0, "ready again");
    return text.toString().trim();
  }

  private String run(int... bytes) {
    command(bytes);
    pass(100_000_000);
    assertTrue(irq, "interrupt at the end");
    String results = results();
    assertFalse(irq, "reading the results takes it back");
    return results;
  }

  private void bringUp() {
    fdc.write8(DOR, 0x00);
    assertEquals(0, fdc.read8(MSR));
    fdc.write8(DOR, 0x1C);
    assertFalse(irq);
    pass(1_000_000);
    assertTrue(irq);
    for (int unit = 0; unit < 4; unit++) {
      command(0x08);
      assertFalse(irq);
      assertEquals("C%d 00".formatted(unit), results());
    }
    command(0x08);
    assertEquals("80", results());
    fdc.write8(CCR, 0);
    command(0x03, 0xAF, 0x02);
  }

  private void seek(int cylinder) {
    command(0x0F, 0, cylinder);
    pass(1_000_000);
    assertTrue(irq);
    command(0x08);
    assertEquals("20 %02X".formatted(cylinder), results());
  }

  @Test
  void readBySectorsOverDma() {
    bringUp();
    seek(2);
    dma.program(new byte[3 * 512]);
    assertEquals("04 00 00 02 01 09 02", run(0x46, 4, 2, 1, 6, 2, 18, 0x1B, 0xFF));
    assertArrayEquals(sectors((2 * 2 + 1) * 18 + 5, 3), dma.memory);
  }

  @Test
  void multiTrackGoesOnOnTheOtherSide() {
    bringUp();
    dma.program(new byte[36 * 512]);
    assertEquals("04 00 00 01 00 01 02", run(0xE6, 0, 0, 0, 1, 2, 18, 0x1B, 0xFF));
    assertArrayEquals(sectors(0, 36), dma.memory);
  }

  @Test
  void endOfTrackWithoutTerminalCount() {
    bringUp();
    dma.program(new byte[36 * 512]);
    assertEquals("40 80 00 01 00 01 02", run(0x46, 0, 0, 0, 17, 2, 18, 0x1B, 0xFF));
    assertArrayEquals(sectors(16, 2), Arrays.copyOf(dma.memory, 1024));
  }

  @Test
  void writeOverDma() {
    bringUp();
    byte[] data = image(9);
    Arrays.fill(data, 0, 512, (byte) 0x77);
    dma.program(Arrays.copyOf(data, 600));
    assertEquals("00 00 00 00 00 05 02", run(0xC5, 0, 0, 0, 3, 2, 18, 0x1B, 0xFF));
    assertArrayEquals(Arrays.copyOf(data, 600), Arrays.copyOfRange(image, 1024, 1624));
    assertEquals(0, image[1624], "the rest of the last sector is zeros");
  }

  @Test
  void writeProtected() {
    fdc.insert(0, new MemoryBlockPort(image, 512, true));
    bringUp();
    dma.program(new byte[512]);
    assertEquals("40 02 00 00 00 01 02", run(0x45, 0, 0, 0, 1, 2, 18, 0x1B, 0xFF));
    command(0x04, 0);
    assertEquals("78", results());
  }

  @Test
  void readWithoutDma() {
    bringUp();
    command(0x03, 0xAF, 0x03);
    command(0x46, 0, 0, 0, 2, 2, 3, 0x1B, 0xFF);
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    for (int i = 0; i < 2; i++) {
      assertEquals(0x30, fdc.read8(MSR));
      pass(1_000_000);
      for (int j = 0; j < 512; j++) {
        assertEquals(0xF0, fdc.read8(MSR));
        assertTrue(irq);
        data.write(fdc.read8(FIFO));
      }
    }
    assertTrue(irq);
    assertEquals("40 80 00 01 00 01 02", results());
    assertArrayEquals(sectors(1, 2), data.toByteArray());
  }

  @Test
  void writeWithoutDma() {
    bringUp();
    command(0x03, 0xAF, 0x03);
    command(0x45, 0, 0, 0, 4, 2, 4, 0x1B, 0xFF);
    pass(1_000_000);
    for (int j = 0; j < 512; j++) {
      assertEquals(0xB0, fdc.read8(MSR));
      fdc.write8(FIFO, 0xA5);
    }
    assertEquals("40 80 00 01 00 01 02", results());
    assertEquals((byte) 0xA5, image[3 * 512]);
    assertEquals((byte) 0xA5, image[4 * 512 - 1]);
  }

  @Test
  void recalibrateAndDiskChange() {
    bringUp();
    assertEquals(0x80, fdc.read8(DIR));
    command(0x07, 0);
    assertEquals(0x81, fdc.read8(MSR), "drive busy, controller not");
    pass(1_000_000);
    assertEquals(0x80, fdc.read8(MSR));
    command(0x08);
    assertEquals("20 00", results());
    assertEquals(0x00, fdc.read8(DIR));
    fdc.eject(0);
    assertEquals(0x80, fdc.read8(DIR));
    seek(1);
    assertEquals(0x80, fdc.read8(DIR), "no diskette, no end to the change");
    fdc.insert(0, new MemoryBlockPort(image, 512, false));
    seek(0);
    assertEquals(0x00, fdc.read8(DIR));
  }

  @Test
  void emptyAndMissingDrives() {
    bringUp();
    dma.program(new byte[512]);
    assertEquals("41 01 00 00 00 01 02", run(0x46, 1, 0, 0, 1, 2, 18, 0x1B, 0xFF));
    command(0x07, 2);
    pass(1_000_000);
    command(0x08);
    assertEquals("72 00", results());
    assertEquals("42 01 00 00 00 01 02", run(0x4A, 2));
  }

  @Test
  void readIdFindsTheFormat() {
    bringUp();
    seek(5);
    String id = run(0x4A, 4);
    assertTrue(id.matches("04 00 00 05 01 .. 02"), id);
    fdc.write8(CCR, 2);
    assertEquals("40 01 00 05 00 01 02", run(0x4A, 0), "wrong data rate");
  }

  @Test
  void wrongCylinderAndSector() {
    bringUp();
    dma.program(new byte[512]);
    assertEquals("40 04 10 03 00 01 02", run(0x46, 0, 3, 0, 1, 2, 18, 0x1B, 0xFF));
    assertEquals("40 04 00 00 00 13 02", run(0x46, 0, 0, 0, 19, 2, 19, 0x1B, 0xFF));
    assertEquals("40 04 00 00 01 01 02", run(0x46, 0, 0, 1, 1, 2, 18, 0x1B, 0xFF));
  }

  @Test
  void impliedSeek() {
    bringUp();
    command(0x13, 0, 0x57, 0);
    dma.program(new byte[512]);
    assertEquals("00 00 00 28 00 02 02", run(0x46, 0, 40, 0, 1, 2, 18, 0x1B, 0xFF));
    assertArrayEquals(sectors(40 * 36, 1), dma.memory);
    command(0x08);
    assertEquals("80", results(), "an implied seek has no status of its own");
  }

  @Test
  void formatWritesTheFill() {
    bringUp();
    seek(79);
    ByteArrayOutputStream ids = new ByteArrayOutputStream();
    for (int sector = 1; sector <= 18; sector++) {
      ids.writeBytes(new byte[] {79, 1, (byte) sector, 2});
    }
    dma.program(ids.toByteArray());
    String result = run(0x4D, 4, 2, 18, 0x54, 0xF6);
    assertTrue(result.startsWith("04 00 00"), result);
    for (int i = (79 * 2 + 1) * 18 * 512; i < image.length; i++) {
      assertEquals((byte) 0xF6, image[i]);
    }
    assertEquals((byte) ((79 * 2 + 1) * 18 * 31 - 31 + 511), image[(79 * 2 + 1) * 18 * 512 - 1]);
  }

  @Test
  void verifyMovesNothing() {
    bringUp();
    dma.program(new byte[512]);
    assertEquals("00 00 00 01 00 01 02", run(0x56, 0, 0, 0, 1, 2, 18, 0x1B, 0xFF));
    assertEquals("00 00 00 00 00 04 02", run(0x56, 0x80, 0, 0, 1, 2, 18, 0x1B, 3));
    assertEquals(0, dma.position);
  }

  @Test
  void readTrackStartsAtTheFirstSector() {
    bringUp();
    dma.program(new byte[18 * 512]);
    assertEquals("00 00 00 01 00 01 02", run(0x42, 0, 0, 0, 5, 2, 18, 0x1B, 0xFF));
    assertArrayEquals(sectors(0, 18), dma.memory);
  }

  /** What Linux's driver asks to tell controllers apart: this must be a post-1991 82077. */
  @Test
  void linuxTellsAn82077() {
    bringUp();
    command(0x0E);
    assertEquals(10, results().split(" ").length);
    command(0x13, 0, 0x1A, 0);
    command(0x14);
    assertEquals("00", results());
    command(0x18);
    assertEquals("80", results());
    command(0x10);
    assertEquals("90", results());
  }

  @Test
  void dumpRegistersAndLock() {
    bringUp();
    seek(7);
    command(0x13, 0, 0x4C, 0x11);
    command(0x12, 0x84);
    command(0x94);
    assertEquals("10", results());
    command(0x0E);
    assertEquals("07 00 00 00 AF 02 00 84 4C 11", results());
    fdc.write8(DSR, 0x80);
    pass(1_000_000);
    command(0x0E);
    assertEquals("07 00 00 00 AF 02 00 84 4C 11", results(), "locked");
    command(0x14);
    assertEquals("00", results());
    fdc.write8(DSR, 0x80);
    pass(1_000_000);
    command(0x0E);
    assertEquals("07 00 00 00 AF 02 00 04 60 00", results(), "FIFO off again");
  }

  @Test
  void relativeSeek() {
    bringUp();
    seek(10);
    command(0xCF, 0, 5);
    pass(1_000_000);
    command(0x08);
    assertEquals("20 0F", results());
    command(0x8F, 0, 20);
    pass(1_000_000);
    command(0x08);
    assertEquals("20 00", results());
  }

  @Test
  void twoSeeksAtOnce() {
    bringUp();
    command(0x0F, 0, 9);
    command(0x0F, 1, 8);
    assertEquals(0x83, fdc.read8(MSR));
    interrupts = 0;
    pass(1_000_000);
    command(0x08);
    assertEquals("20 09", results());
    assertTrue(irq);
    command(0x08);
    assertEquals("21 08", results());
    assertFalse(irq);
    assertEquals(2, interrupts);
  }

  @Test
  void interruptNeedsTheGate() {
    fdc.write8(DOR, 0x04);
    pass(1_000_000);
    assertFalse(irq);
    fdc.write8(DOR, 0x0C);
    assertTrue(irq);
  }

  @Test
  void maskedDmaIsWaitedForAndThenOverruns() {
    bringUp();
    dma.program(new byte[512]);
    dma.masked = true;
    command(0x46, 0, 0, 0, 1, 2, 18, 0x1B, 0xFF);
    pass(10_000_000);
    assertFalse(irq);
    dma.masked = false;
    pass(2_000_000);
    assertEquals("00 00 00 00 00 02 02", results());
    dma.masked = true;
    command(0x46, 0, 0, 0, 1, 2, 18, 0x1B, 0xFF);
    pass(500_000_000);
    assertTrue(results().startsWith("40 10"));
  }

  /** A medium that completes when told to. */
  private final class SlowMedium implements BlockPort {
    private final BlockPort memory = new MemoryBlockPort(image, 512, false);
    final List<Runnable> queued = new ArrayList<>();

    @Override
    public int sectorSize() {
      return 512;
    }

    @Override
    public long sectors() {
      return 2880;
    }

    @Override
    public boolean readOnly() {
      return false;
    }

    @Override
    public void read(long sector, int count, byte[] target, int offset, Completion completion) {
      queued.add(() -> memory.read(sector, count, target, offset, completion));
    }

    @Override
    public void write(long sector, int count, byte[] source, int offset, Completion completion) {
      queued.add(() -> memory.write(sector, count, source, offset, completion));
    }

    @Override
    public void flush(Completion completion) {
      completion.done(Result.OK);
    }
  }

  @Test
  void resetGivesUpASectorOnItsWay() {
    SlowMedium slow = new SlowMedium();
    fdc.insert(0, slow);
    bringUp();
    dma.program(new byte[512]);
    command(0x46, 0, 0, 0, 1, 2, 18, 0x1B, 0xFF);
    pass(10_000_000);
    assertEquals(0x10, fdc.read8(MSR));
    bringUp();
    slow.queued.remove(0).run();
    assertFalse(irq);
    assertEquals(0, dma.position);
    command(0x46, 0, 0, 0, 2, 2, 18, 0x1B, 0xFF);
    pass(1_000_000);
    slow.queued.remove(0).run();
    assertTrue(irq);
    assertArrayEquals(sectors(1, 1), dma.memory);
  }

  @Test
  void savedWithASectorOnItsWayItIsReadAgain() throws BadStateException {
    SlowMedium slow = new SlowMedium();
    fdc.insert(0, slow);
    bringUp();
    dma.program(new byte[512]);
    command(0x46, 0, 0, 0, 1, 2, 18, 0x1B, 0xFF);
    pass(10_000_000);
    byte[] saved = StateCodec.encode(fdc.save());
    TimerQueue later = new TimerQueue();
    later.restore(clock.now());
    I82077 other = create(later);
    other.restore(StateCodec.decode(I82077.State.class, saved));
    later.advanceTo(clock.now() + 1);
    assertArrayEquals(sectors(0, 1), dma.memory);
    assertEquals(0xD0, other.read8(MSR));
  }

  @Test
  void hostErrorIsADataError() {
    fdc.insert(
        0,
        new BlockPort() {
          @Override
          public int sectorSize() {
            return 512;
          }

          @Override
          public long sectors() {
            return 2880;
          }

          @Override
          public boolean readOnly() {
            return false;
          }

          @Override
          public void read(long sector, int count, byte[] target, int offset, Completion done) {
            done.done(Result.FAILED);
          }

          @Override
          public void write(long sector, int count, byte[] source, int offset, Completion done) {
            done.done(Result.FAILED);
          }

          @Override
          public void flush(Completion done) {
            done.done(Result.OK);
          }
        });
    bringUp();
    dma.program(new byte[512]);
    assertEquals("40 20 20 00 00 01 02", run(0x46, 0, 0, 0, 1, 2, 18, 0x1B, 0xFF));
    assertEquals("40 20 20 00 00 01 02", run(0x45, 0, 0, 0, 1, 2, 18, 0x1B, 0xFF));
  }

  @Test
  void formatsBySize() {
    assertEquals(18, FloppyFormat.ofSize(2880).orElseThrow().sectors());
    assertEquals(9, FloppyFormat.ofSize(1440).orElseThrow().sectors());
    assertEquals(15, FloppyFormat.ofSize(2400).orElseThrow().sectors());
    assertEquals(21, FloppyFormat.ofSize(3360).orElseThrow().sectors());
    assertEquals(36, FloppyFormat.ofSize(5760).orElseThrow().sectors());
    assertEquals(18, FloppyFormat.ofSize(17).orElseThrow().sectors());
    assertTrue(FloppyFormat.ofSize(0).isEmpty());
    assertTrue(FloppyFormat.ofSize(2881).isEmpty());
    assertThrows(
        IllegalArgumentException.class,
        () -> fdc.insert(0, new MemoryBlockPort(new byte[4_000_000], 512, true)));
  }

  @Test
  void shortImageReadsAsZerosAtItsEnd() {
    fdc.insert(0, new MemoryBlockPort(image(10), 512, false));
    bringUp();
    dma.program(new byte[1024]);
    assertEquals("00 00 00 00 00 0C 02", run(0x46, 0, 0, 0, 10, 2, 18, 0x1B, 0xFF));
    assertEquals(0, dma.memory[700]);
    assertArrayEquals(sectors(9, 1), Arrays.copyOf(dma.memory, 512));
  }
}
