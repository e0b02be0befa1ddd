package troupe.engine.pc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import troupe.devices.bus.PortDevice;
import troupe.engine.vm.End;
import troupe.engine.vm.PowerState;
import troupe.engine.vm.Status;
import troupe.engine.vm.VirtualMachine;
import troupe.scheduler.Entitlement;

/**
 * Many VMs at once, one of which is killed by a fault in one of its chips again and again, while
 * the others compute sums; all sums must be right, and the process must not grow. {@code
 * engine-actors/soak} runs it for long.
 */
@Timeout(7200)
class ManyVmsTest {
  private static final int SECONDS = Integer.getInteger("troupe.soak.seconds", 5);
  private static final int VMS = 16;

  /** Where each PC has a chip that throws when it is told to. */
  private static final int PORT = 0x84;

  private static final int ROUNDS = 200_000;

  @TempDir Path directory;
  private SmallGuests guests;

  /** The VMs whose next access to the chip is their last. */
  private final Set<String> doomed = ConcurrentHashMap.newKeySet();

  @AfterEach
  void stop() {
    if (guests != null) {
      guests.close();
    }
  }

  private final class Fuse implements PortDevice {
    private final String vm;

    Fuse(String vm) {
      this.vm = vm;
    }

    @Override
    public int read8(int offset) {
      return OPEN_BUS;
    }

    @Override
    public void write8(int offset, int value) {
      if (doomed.remove(vm)) {
        throw new IllegalStateException("the fuse of " + vm);
      }
    }
  }

  /**
   * ebx = rol(ebx + ecx, 5) for ecx from a number down to 1, with an access to the chip each time.
   */
  private static int[] sum() {
    Assembly code =
        new Assembly()
            .bytes(0x66, 0x31, 0xDB) // xor ebx, ebx
            .bytes(0x66, 0xB9)
            .bytes(ROUNDS & 0xFF, ROUNDS >> 8 & 0xFF, ROUNDS >> 16 & 0xFF, ROUNDS >>> 24);
    int again = code.here();
    code.bytes(0x66, 0x01, 0xCB, 0x66, 0xC1, 0xC3, 0x05) // add ebx, ecx; rol ebx, 5
        .bytes(0xE6, PORT) // out 84h, al
        .bytes(0x66, 0x49) // dec ecx
        .jumpBack(0x85, again);
    for (int i = 0; i < 4; i++) {
      code.bytes(0xBA, 0xF8, 0x03, 0x88, 0xD8, 0xEE) // mov dx, 3F8h; mov al, bl; out dx, al
          .waitUntilSent()
          .bytes(0x66, 0xC1, 0xCB, 0x08); // ror ebx, 8
    }
    return code.out(0xF4, 1).code();
  }

  private static byte[] expected() {
    int sum = 0;
    for (int i = ROUNDS; i > 0; i--) {
      sum = Integer.rotateLeft(sum + i, 5);
    }
    return new byte[] {(byte) sum, (byte) (sum >> 8), (byte) (sum >> 16), (byte) (sum >>> 24)};
  }

  private static long openFiles() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? unix.getOpenFileDescriptorCount()
        : 0;
  }

  private static int classes() {
    return ManagementFactory.getClassLoadingMXBean().getLoadedClassCount();
  }

  @Test
  void othersFinishTheirWorkAndNothingLeaks() throws Exception {
    guests =
        new SmallGuests(
            directory, 2, 2000, (name, machine) -> machine.ports().attach(PORT, 1, new Fuse(name)));
    byte[] right = expected();
    Random random = new Random(16);
    Map<String, ActorRef<VirtualMachine.Command>> vms = new LinkedHashMap<>();
    for (int i = 0; i < VMS; i++) {
      vms.put("vm" + i, guests.turnOn("vm" + i, Entitlement.DEFAULT, sum()));
    }
    long end = System.nanoTime() + SECONDS * 1_000_000_000L;
    long killAt = System.nanoTime();
    int finished = 0;
    int killed = 0;
    int threads = 0;
    long files = 0;
    int classes = 0;
    while (System.nanoTime() < end) {
      if (System.nanoTime() >= killAt) {
        doomed.add("vm" + random.nextInt(VMS));
        killAt = System.nanoTime() + 1_000_000_000L;
      }
      for (Map.Entry<String, ActorRef<VirtualMachine.Command>> vm : vms.entrySet()) {
        Status status = guests.status(vm.getValue());
        if (status.state() != PowerState.TURNED_OFF) {
          continue;
        }
        Path log = directory.resolve(vm.getKey() + ".log");
        End last = status.lastEnd().orElseThrow();
        if (last.cause() == End.Cause.FAILED) {
          assertTrue(last.detail().contains("the fuse of " + vm.getKey()), last.detail());
          killed++;
        } else {
          assertEquals(End.Cause.EXIT_PORT, last.cause(), last.detail());
          finished++;
          byte[] said = Files.readAllBytes(log);
          assertTrue(Arrays.equals(right, said), vm.getKey() + ": " + Arrays.toString(said));
        }
        assertEquals(
            troupe.engine.vm.Answer.DONE,
            guests.engine().ask(vm.getValue(), VirtualMachine.TurnOn::new));
      }
      if (threads == 0 && killed > 2 && finished > VMS) {
        threads = Thread.getAllStackTraces().size();
        files = openFiles();
        classes = classes();
      }
      Thread.sleep(20);
    }
    System.out.printf(
        "%d VMs for %d s: %d sums, all right; %d killed; threads %d then %d, files %d then %d,"
            + " classes %d then %d%n",
        VMS,
        SECONDS,
        finished,
        killed,
        threads,
        Thread.getAllStackTraces().size(),
        files,
        openFiles(),
        classes,
        classes());
    assertTrue(killed > 0 || SECONDS < 10, "nothing was killed");
    assertTrue(finished > 0, "nothing was finished");
    if (threads > 0) {
      assertTrue(Thread.getAllStackTraces().size() <= threads + VMS, "threads leak");
      assertTrue(openFiles() <= files + 2 * VMS, "files leak");
      assertTrue(classes() <= classes + 500, "classes leak");
    }
  }
}
