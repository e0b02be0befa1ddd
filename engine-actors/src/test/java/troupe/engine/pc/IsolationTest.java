package troupe.engine.pc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import troupe.devices.bus.PortDevice;
import troupe.diskio.VhdMaker;
import troupe.engine.configuration.VmConfiguration;
import troupe.engine.host.Host;
import troupe.engine.vm.Answer;
import troupe.engine.vm.DriveSlot;
import troupe.engine.vm.End;
import troupe.engine.vm.Event;
import troupe.engine.vm.PowerState;
import troupe.engine.vm.SerialOutput;
import troupe.engine.vm.Status;
import troupe.engine.vm.VirtualMachine;
import troupe.scheduler.Entitlement;

/**
 * One VM misbehaves; a second that computes and a third that answers on its serial port are
 * measured before and meanwhile. {@code -Dtroupe.isolation.quiet=true} holds them to what an idle
 * machine gives.
 */
@Timeout(300)
class IsolationTest {
  private static final int PORT = 0x84;

  /** out 84h, al; jmp back. */
  private static final int[] TOUCH = {0xE6, PORT, 0xEB, 0xFC};

  /** Answers each byte on COM1 with the next one. */
  private static final int[] ECHO = {
    0xBA, 0xFD, 0x03, 0xEC, 0xA8, 0x01, 0x74, 0xF8, 0xBA, 0xF8, 0x03, 0xEC, 0xFE, 0xC0, 0xEE, 0xEB,
    0xEF
  };

  /** Interrupts at the highest rate that the timer has: 596,591 a second. */
  private static final int[] STORM =
      new Assembly()
          .bytes(0xFA, 0x31, 0xC0, 0x8E, 0xD8, 0x8E, 0xD0, 0xBC, 0x00, 0x70) // DS, SS 0; SP 7000h
          .bytes(0xC7, 0x06, 0x20, 0x00, 0x00, 0xE1) // vector 8: F000:E100
          .bytes(0xC7, 0x06, 0x22, 0x00, 0x00, 0xF0)
          .out(0x20, 0x11)
          .out(0x21, 0x08)
          .out(0x21, 0x04)
          .out(0x21, 0x01)
          .out(0x21, 0xFE)
          .out(0x43, 0x34)
          .out(0x40, 0x02)
          .out(0x40, 0x00)
          .bytes(0xFB, 0xEB, 0xFE) // sti; jmp to itself
          .code();

  /** mov al, 20h; out 20h, al; iret. */
  private static final int[] END_OF_INTERRUPT = {0xB0, 0x20, 0xE6, 0x20, 0xCF};

  /** Reads every port there is, again and again: in al, dx; inc dx; jmp back. */
  private static final int[] HAMMER = {0xEC, 0x42, 0xEB, 0xFC};

  /** Writes sector 1 of its disk again and again. */
  private static int[] writes() {
    Assembly code =
        new Assembly()
            .pci(0x8000_3904, 1) // PIIX4 IDE: I/O space on
            .pci(0x8000_3940, 0x8000); // primary channel decoded
    int again = code.here();
    return code.command(1, 0x30)
        .waitForData()
        .bytes(0xB9, 0x00, 0x01, 0xBA, 0xF0, 0x01) // mov cx, 100h; mov dx, 1F0h
        .bytes(0xF3, 0x6F) // rep outsw
        .waitUntilIdle()
        .bytes(0x31, 0xC0) // xor ax, ax: ZF is set
        .jumpBack(0x84, again) // jz
        .code();
  }

  private static final boolean QUIET = Boolean.getBoolean("troupe.isolation.quiet");
  private static final int SECONDS = Integer.getInteger("troupe.isolation.seconds", 2);

  /** What the second VM's share of the CPUs falls to at most, of what it had. */
  private static final double LEAST = QUIET ? 0.45 : 0.1;

  /** No volume has as much room as disks that grow are to leave. */
  private static final Config FULL_HOST =
      ConfigFactory.parseString("troupe.host.disk-space { warning = 2 EiB, error = 1 EiB }");

  private enum Fault {
    THROWS,
    OVERFLOWS_STACK,
    RUNS_OUT_OF_MEMORY,
    NEVER_RETURNS
  }

  @TempDir Path directory;
  private SmallGuests guests;
  private volatile boolean released;
  private final LinkedBlockingQueue<Byte> answers = new LinkedBlockingQueue<>();
  private ActorRef<VirtualMachine.Command> worker;
  private ActorRef<VirtualMachine.Command> answerer;

  @AfterEach
  void stop() {
    released = true;
    if (guests != null) {
      guests.close();
    }
  }

  private void start(Fault fault) throws Exception {
    guests =
        new SmallGuests(
            directory,
            1,
            1000,
            FULL_HOST,
            (name, machine) -> {
              if (name.equals("bad") && fault != null) {
                machine.ports().attach(PORT, 1, new BadChip(fault));
              }
            });
    worker = guests.turnOn("worker", Entitlement.DEFAULT, SmallGuests.LOOP);
    answerer = guests.turnOn("answerer", Entitlement.DEFAULT, ECHO);
    ActorRef<SerialOutput> watcher =
        guests
            .engine()
            .spawn(
                Behaviors.receiveMessage(
                    output -> {
                      for (byte b : output.bytes()) {
                        answers.add(b);
                      }
                      return Behaviors.same();
                    }),
                "watcher");
    answerer.tell(new VirtualMachine.WatchSerial(0, watcher));
    measure();
  }

  private final class BadChip implements PortDevice {
    private final Fault fault;

    BadChip(Fault fault) {
      this.fault = fault;
    }

    @Override
    public int read8(int offset) {
      return OPEN_BUS;
    }

    @Override
    public void write8(int offset, int value) {
      switch (fault) {
        case THROWS -> throw new IllegalStateException("the chip is broken");
        case OVERFLOWS_STACK -> deeper(value);
        case RUNS_OUT_OF_MEMORY -> {
          List<long[]> hoard = new ArrayList<>();
          while (true) {
            hoard.add(new long[Integer.MAX_VALUE - 8]);
          }
        }
        case NEVER_RETURNS -> {
          while (!released) {
            Thread.onSpinWait();
          }
        }
      }
    }

    private int deeper(int value) {
      return released ? 0 : deeper(value + 1) + 1;
    }
  }

  /**
   * @param instructions a second of the second VM
   * @param millis slowest answer of the third but for one in ten
   */
  private record Measured(double instructions, double millis) {}

  private Measured measure() throws Exception {
    Status before = guests.status(worker);
    long start = System.nanoTime();
    List<Double> delays = new ArrayList<>();
    while (System.nanoTime() - start < SECONDS * 1_000_000_000L) {
      long asked = System.nanoTime();
      answerer.tell(new VirtualMachine.SendSerial(0, new byte[] {65}, guests.engine().ignore()));
      assertEquals((byte) 66, answers.poll(60, TimeUnit.SECONDS));
      delays.add((System.nanoTime() - asked) / 1e6);
      Thread.sleep(5);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    double[] sorted = delays.stream().mapToDouble(d -> d).sorted().toArray();
    return new Measured(
        (guests.status(worker).instructions() - before.instructions()) / seconds,
        sorted[sorted.length * 9 / 10]);
  }

  private void assertUndisturbed(String what, Measured before) throws Exception {
    Measured meanwhile = measure();
    System.out.printf(
        "%s: %.1f million instructions a second, %.1f before; answers within %.1f ms, %.1f before%n",
        what,
        meanwhile.instructions / 1e6,
        before.instructions / 1e6,
        meanwhile.millis,
        before.millis);
    assertTrue(meanwhile.instructions > before.instructions * LEAST, what + meanwhile + before);
    assertEquals(PowerState.RUNNING, guests.status(worker).state());
    assertEquals(PowerState.RUNNING, guests.status(answerer).state());
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"THROWS", "OVERFLOWS_STACK", "RUNS_OUT_OF_MEMORY"})
  void aChipThatFailsStopsItsVmAlone(Fault fault) throws Exception {
    start(fault);
    Measured before = measure();
    ActorRef<VirtualMachine.Command> bad = guests.turnOn("bad", Entitlement.DEFAULT, TOUCH);
    Status status = guests.status(bad);
    while (status.state() != PowerState.TURNED_OFF) {
      Thread.sleep(1);
      status = guests.status(bad);
    }
    assertEquals(End.Cause.FAILED, status.lastEnd().orElseThrow().cause());
    assertUndisturbed(fault.name(), before);
  }

  @Test
  void aChipThatNeverReturnsLosesItsSlotAndIsReported() throws Exception {
    start(Fault.NEVER_RETURNS);
    LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
    Measured before = measure();
    guests
        .engine()
        .host()
        .tell(
            new Host.WatchEvents(
                guests
                    .engine()
                    .spawn(
                        Behaviors.receiveMessage(
                            event -> {
                              events.add(event);
                              return Behaviors.same();
                            }),
                        "events-watcher")));
    ActorRef<VirtualMachine.Command> bad = guests.turnOn("bad", Entitlement.DEFAULT, TOUCH);
    Event event = events.poll(60, TimeUnit.SECONDS);
    while (event.kind() != Event.Kind.NOT_RESPONDING) {
      event = events.poll(60, TimeUnit.SECONDS);
    }
    assertEquals("bad", event.vm());
    assertTrue(event.text().contains("BadChip.write8"), event.text());
    assertUndisturbed("NEVER_RETURNS", before);
    released = true;
    long instructions = guests.status(bad).instructions();
    while (guests.status(bad).instructions() < instructions + 1000) {
      Thread.sleep(1);
    }
  }

  @Test
  void aStormOfInterruptsCostsItsGuestAlone() throws Exception {
    start(null);
    Measured before = measure();
    int[] code = Arrays.copyOf(STORM, 0x105);
    System.arraycopy(END_OF_INTERRUPT, 0, code, 0x100, END_OF_INTERRUPT.length);
    guests.turnOn("storm", Entitlement.DEFAULT, code);
    assertUndisturbed("a storm of interrupts", before);
  }

  @Test
  void aDiskThatCannotGrowStopsItsVmAlone() throws Exception {
    start(null);
    Measured before = measure();
    Path disk = directory.resolve("disk.vhd");
    VhdMaker.dynamic(disk, 16 << 20);
    ActorRef<VirtualMachine.Command> full =
        guests.create(
            guests
                .configuration("full", Entitlement.DEFAULT, writes())
                .with(
                    Map.of(
                        DriveSlot.HDA,
                        new VmConfiguration.Drive(
                            VmConfiguration.DriveKind.DISK, Optional.of(disk)))));
    assertEquals(Answer.DONE, guests.engine().ask(full, VirtualMachine.TurnOn::new));
    while (guests.status(full).state() != PowerState.PAUSED) {
      Thread.sleep(1);
    }
    assertUndisturbed("a full disk", before);
    assertEquals(PowerState.PAUSED, guests.status(full).state());
  }

  @Test
  void aGuestThatHammersPortsCostsItsGuestAlone() throws Exception {
    start(null);
    Measured before = measure();
    guests.turnOn("hammer", Entitlement.DEFAULT, HAMMER);
    assertUndisturbed("a guest that reads all ports", before);
  }
}
