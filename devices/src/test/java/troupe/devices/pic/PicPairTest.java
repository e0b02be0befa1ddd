package troupe.devices.pic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import troupe.devices.bus.PortDevice;
import troupe.devices.bus.Wire;
import troupe.devices.clock.TimerQueue;
import troupe.devices.state.ChipContractTest;

class PicPairTest extends ChipContractTest<PicPair.State, PicPair> {
  private static final int EOI = 0x20;
  private boolean intr;

  @Override
  protected PicPair create(TimerQueue clock) {
    return new PicPair(high -> intr = high);
  }

  @Override
  protected void exercise(PicPair pics) {
    initialize(pics);
    pics.elcrPorts().write8(1, 0x0C);
    pics.irq(1).set(true);
    pics.irq(10).set(true);
    pics.irq(14).set(true);
    pics.acknowledge();
    pics.slavePorts().write8(0, 0x68);
    pics.masterPorts().write8(0, 0xC3);
  }

  @Override
  protected PortDevice ports(PicPair pics) {
    return new PortDevice() {
      @Override
      public int read8(int offset) {
        return part(offset).read8(offset & 1);
      }

      @Override
      public void write8(int offset, int value) {
        part(offset).write8(offset & 1, value);
        if (value % 7 == 0) {
          pics.irq(value & 15).set((value & 16) != 0);
          int vector = pics.acknowledge();
          assertEquals(vector & 0xFF, vector);
        }
      }

      private PortDevice part(int offset) {
        return switch (offset >> 1) {
          case 0 -> pics.masterPorts();
          case 1 -> pics.slavePorts();
          default -> pics.elcrPorts();
        };
      }
    };
  }

  @Override
  protected int portCount() {
    return 6;
  }

  private static PicPair initialize(PicPair pics) {
    initialize(pics.masterPorts(), 0x20, 0x04, 0x01);
    initialize(pics.slavePorts(), 0x70, 0x02, 0x01);
    return pics;
  }

  private static void initialize(PortDevice pic, int vector, int icw3, int icw4) {
    pic.write8(0, 0x11);
    pic.write8(1, vector);
    pic.write8(1, icw3);
    pic.write8(1, icw4);
    pic.write8(1, 0);
  }

  private final PicPair pics = initialize(create(clock));
  private final PortDevice master = pics.masterPorts();
  private final PortDevice slave = pics.slavePorts();

  private int isr(PortDevice pic) {
    pic.write8(0, 0x0B);
    return pic.read8(0);
  }

  private int irr(PortDevice pic) {
    pic.write8(0, 0x0A);
    return pic.read8(0);
  }

  @Test
  void edgeIsAcknowledgedOnceWhileTheLineStaysHigh() {
    pics.irq(3).set(true);
    assertTrue(intr);
    assertEquals(0x23, pics.acknowledge());
    assertFalse(intr);
    assertEquals(0x08, isr(master));
    master.write8(0, EOI);
    assertFalse(intr);
    pics.irq(3).set(false);
    pics.irq(3).set(true);
    assertTrue(intr);
  }

  @Test
  void edgeThatFallsIsTakenBackAndItsAcknowledgeIsSpurious() {
    pics.irq(3).set(true);
    pics.irq(3).set(false);
    assertFalse(intr);
    assertEquals(0x27, pics.acknowledge());
    assertEquals(0, isr(master));
  }

  @Test
  void slavePolledBehindTheMastersBackLeavesNoRequest() {
    pics.irq(12).set(true);
    slave.write8(0, 0x0C);
    assertEquals(0x84, slave.read8(0));
    assertFalse(intr);
    assertEquals(0x27, pics.acknowledge());
  }

  @Test
  void slaveWithoutRequestAnswersWithItsSeventhLevel() {
    I8259 lone = new I8259(Wire.NONE, 0);
    initialize(lone, 0x70, 2, 1);
    assertEquals(0x77, lone.vectorBase() + lone.acknowledge());
    lone.write8(0, 0x0B);
    assertEquals(0, lone.read8(0));
  }

  @Test
  void levelLineInterruptsAgainAfterEndOfInterrupt() {
    pics.elcrPorts().write8(1, 0x08); // IRQ 11
    pics.irq(11).set(true);
    assertEquals(0x73, pics.acknowledge());
    assertFalse(intr);
    slave.write8(0, EOI);
    master.write8(0, EOI);
    assertTrue(intr);
    assertEquals(0x73, pics.acknowledge());
    pics.irq(11).set(false);
    slave.write8(0, EOI);
    master.write8(0, EOI);
    assertFalse(intr);
  }

  @Test
  void elcrRefusesTheLinesThatMustBeEdges() {
    pics.elcrPorts().write16(0, 0xFFFF);
    assertEquals(0xF8, pics.elcrPorts().read8(0));
    assertEquals(0xDE, pics.elcrPorts().read8(1));
  }

  @Test
  void secondSlaveRequestIsSeenAfterTheFirstIsDone() {
    pics.irq(14).set(true);
    pics.irq(8).set(true);
    assertEquals(0x70, pics.acknowledge());
    slave.write8(0, EOI);
    master.write8(0, EOI);
    assertTrue(intr);
    assertEquals(0x76, pics.acknowledge());
  }

  @Test
  void higherPriorityNestsAndLowerWaits() {
    pics.irq(4).set(true);
    pics.acknowledge();
    pics.irq(6).set(true);
    assertFalse(intr);
    pics.irq(1).set(true);
    assertTrue(intr);
    assertEquals(0x21, pics.acknowledge());
    assertEquals(0x12, isr(master));
    master.write8(0, EOI); // ends the highest
    assertEquals(0x10, isr(master));
    assertFalse(intr);
    master.write8(0, 0x64); // specific
    assertTrue(intr);
    assertEquals(0x26, pics.acknowledge());
  }

  @Test
  void maskedRequestIsKept() {
    master.write8(1, 0xFF);
    pics.irq(5).set(true);
    assertFalse(intr);
    assertEquals(0x20, irr(master));
    assertEquals(0xFF, master.read8(1));
    master.write8(1, 0xDF);
    assertTrue(intr);
  }

  @Test
  void rotationMakesTheServedLevelLowest() {
    pics.irq(0).set(true);
    pics.acknowledge();
    master.write8(0, 0xA0); // rotate on non-specific EOI
    pics.irq(0).set(false);
    pics.irq(0).set(true);
    pics.irq(7).set(true);
    assertEquals(0x27, pics.acknowledge());
    master.write8(0, 0xE7); // rotate on specific EOI: 7 lowest, 0 highest again
    assertEquals(0x20, pics.acknowledge());
    master.write8(0, EOI);
    master.write8(0, 0xC4); // set priority: 5 highest
    pics.irq(0).set(false);
    pics.irq(0).set(true);
    pics.irq(5).set(true);
    assertEquals(0x25, pics.acknowledge());
  }

  @Test
  void specialMaskModeLetsLowerLevelsThrough() {
    pics.irq(3).set(true);
    pics.acknowledge();
    pics.irq(6).set(true);
    assertFalse(intr);
    master.write8(1, 0x08);
    master.write8(0, 0x68);
    assertTrue(intr);
    assertEquals(0x26, pics.acknowledge());
    master.write8(0, EOI); // leaves the masked level in service
    assertEquals(0x08, isr(master));
    master.write8(0, 0x48);
    assertFalse(intr);
  }

  @Test
  void automaticEndOfInterrupt() {
    initialize(master, 0x20, 4, 3);
    initialize(slave, 0x70, 2, 3);
    pics.irq(9).set(true);
    pics.irq(12).set(true);
    assertEquals(0x71, pics.acknowledge());
    assertEquals(0, isr(master));
    assertEquals(0, isr(slave));
    assertEquals(0x74, pics.acknowledge(), "the slave's INT makes a new edge for each request");
    master.write8(0, 0x80); // rotate in automatic EOI mode
    pics.irq(0).set(true);
    pics.acknowledge();
    pics.irq(0).set(false);
    pics.irq(0).set(true);
    pics.irq(1).set(true);
    assertEquals(0x21, pics.acknowledge());
  }

  @Test
  void specialFullyNestedModeLetsTheSlaveNest() {
    initialize(master, 0x20, 4, 0x11);
    pics.irq(14).set(true);
    assertEquals(0x76, pics.acknowledge());
    pics.irq(9).set(true);
    assertTrue(intr);
    assertEquals(0x71, pics.acknowledge());
  }

  @Test
  void pollAcknowledges() {
    pics.irq(5).set(true);
    master.write8(0, 0x0C);
    assertEquals(0x85, master.read8(0));
    assertFalse(intr);
    assertEquals(0x20, isr(master));
    master.write8(0, 0x0C);
    assertEquals(0, master.read8(0));
  }

  @Test
  void initializationNeedsANewEdge() {
    pics.irq(4).set(true);
    initialize(master, 0x08, 4, 1);
    assertFalse(intr);
    assertEquals(0, irr(master));
    pics.irq(4).set(false);
    pics.irq(4).set(true);
    assertEquals(0x0C, pics.acknowledge());
  }

  @Test
  void initializationWithoutIcw4() {
    master.write8(0, 0x12); // single, no ICW4
    master.write8(1, 0x40);
    master.write8(1, 0xAA);
    assertEquals(0xAA, master.read8(1));
  }

  @Test
  void irq2GoesNowhere() {
    assertEquals(Wire.NONE, pics.irq(2));
  }
}
