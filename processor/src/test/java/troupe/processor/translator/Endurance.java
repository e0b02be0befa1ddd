package troupe.processor.translator;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import troupe.processor.CpuModel;
import troupe.processor.IoBus;
import troupe.processor.Processor;
import troupe.processor.Surroundings;
import troupe.processor.memory.PhysicalMemory;

/**
 * A guest that loads new code all the time, as one that starts program after program does: each
 * piece is a loop with other instructions, hot enough to be translated, and later overwritten by
 * another. What the JVM keeps of it has to stop growing. {@code Endurance SECONDS [STORE MIB]} runs
 * it for a time with the limits that {@code troupe} has, or with a store and a guest of that many
 * MiB, which are full sooner.
 */
public final class Endurance {
  private static final int FIRST = 1 << 20;
  private static final int PLACE = 512;
  private static final int TURNS = 6_000;

  private final Random random = new Random(1);
  private final PhysicalMemory memory;
  private final Processor processor;
  private final RegionStore store;
  private final int end;
  private int next = FIRST;

  /**
   * @param room bytes for code; when they are used up, the oldest piece is overwritten
   */
  Endurance(RegionStore store, int room) {
    this.store = store;
    memory = new PhysicalMemory(FIRST + room);
    end = FIRST + room;
    Nothing nothing = new Nothing();
    processor = new Processor(CpuModel.DEFAULT, memory, nothing, nothing, store);
    FlatSegments.enter(processor);
  }

  /** Loads another piece of code, over an old one once memory is full, and runs it. */
  void loadAndRun() {
    byte[] code = new byte[PLACE - 16];
    int at = 0;
    code[at++] = (byte) 0xB9; // mov ecx, turns
    at = put(code, at, TURNS);
    int loop = at;
    int count = 4 + random.nextInt(40);
    for (int n = 0; n < count; n++) {
      code[at++] = (byte) 0x81; // add, or, adc, sbb, and, sub, xor, cmp with another number
      code[at++] =
          (byte) (0xC0 | random.nextInt(8) << 3 | new int[] {0, 2, 3, 6}[random.nextInt(4)]);
      at = put(code, at, random.nextInt());
    }
    code[at++] = 0x49; // dec ecx; jnz loop; hlt
    code[at++] = 0x0F;
    code[at++] = (byte) 0x85;
    at = put(code, at, loop - at - 4);
    code[at++] = (byte) 0xF4;
    memory.write(next, code, 0, at);
    processor.eip = next;
    processor.wake();
    while (!processor.halted()) {
      processor.run(1_000_000);
    }
    if (processor.r[Processor.ECX] != 0) {
      throw new IllegalStateException("the loop ended early: " + processor.describe());
    }
    next = next + PLACE >= end ? FIRST : next + PLACE;
  }

  private static int put(byte[] code, int at, int value) {
    ByteBuffer.wrap(code).order(ByteOrder.LITTLE_ENDIAN).putInt(at, value);
    return at + 4;
  }

  /** What the JVM holds after a collection, bytes. */
  record Held(long heap, long metaspace, long codeCache, int classes) {
    static Held now() {
      System.gc();
      long metaspace = 0;
      long code = 0;
      for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
        long used = pool.getUsage().getUsed();
        metaspace += pool.getName().equals("Metaspace") ? used : 0;
        code += pool.getName().startsWith("CodeHeap") ? used : 0;
      }
      return new Held(
          ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
          metaspace,
          code,
          ManagementFactory.getClassLoadingMXBean().getLoadedClassCount());
    }

    @Override
    public String toString() {
      return "heap %d KiB, metaspace %d KiB, code cache %d KiB, %d classes"
          .formatted(heap >> 10, metaspace >> 10, codeCache >> 10, classes);
    }
  }

  RegionStore.Counters counters() {
    return store.counters();
  }

  /** Runs for a time and prints what is held; status 1 if the last third held much more. */
  public static void main(String[] arguments) {
    if (arguments.length != 1 && arguments.length != 3) {
      System.err.println("usage: Endurance SECONDS [STORE MIB]");
      System.exit(2);
    }
    RegionStore.Limits limits = RegionStore.Limits.DEFAULT;
    int mib = 64;
    if (arguments.length == 3) {
      limits =
          new RegionStore.Limits(
              limits.threshold(), limits.maxInstructions(), Long.parseLong(arguments[1]) << 20);
      mib = Integer.parseInt(arguments[2]);
    }
    Duration duration = Duration.ofSeconds(Long.parseLong(arguments[0]));
    ThreadPoolExecutor background =
        new ThreadPoolExecutor(
            1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(1 << 16), Endurance::daemon);
    Endurance endurance = new Endurance(new RegionStore(limits, background), mib << 20);
    Instant start = Instant.now();
    Held[] held = new Held[4];
    long pieces = 0;
    for (int part = 1; part <= 3; part++) {
      Instant end = start.plus(duration.multipliedBy(part).dividedBy(3));
      while (Instant.now().isBefore(end)) {
        endurance.loadAndRun();
        pieces++;
      }
      held[part] = Held.now();
      System.out.printf(
          "%d pieces of code, %d regions: %s%n",
          pieces, endurance.counters().regions(), held[part]);
    }
    boolean bounded =
        held[3].heap < 1.2 * held[2].heap
            && held[3].metaspace < 1.2 * held[2].metaspace
            && held[3].codeCache < 1.2 * held[2].codeCache
            && held[3].classes < 1.2 * held[2].classes;
    System.out.println(bounded ? "bounded" : "still growing in the last third");
    System.exit(bounded ? 0 : 1);
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "translation");
    thread.setDaemon(true);
    return thread;
  }

  /** Nothing is around the processor. */
  private static final class Nothing implements IoBus, Surroundings {
    @Override
    public int read8(int port) {
      return 0xFF;
    }

    @Override
    public int read16(int port) {
      return 0xFFFF;
    }

    @Override
    public int read32(int port) {
      return -1;
    }

    @Override
    public void write8(int port, int value) {}

    @Override
    public void write16(int port, int value) {}

    @Override
    public void write32(int port, int value) {}

    @Override
    public int acknowledgeInterrupt() {
      throw new IllegalStateException("nothing asks for interrupts");
    }

    @Override
    public long timeStamp() {
      return 0;
    }

    @Override
    public void floatingPointError(boolean asserted) {}

    @Override
    public void tripleFault() {}

    @Override
    public boolean firmwareCall(Processor caller, int number) {
      return false;
    }
  }
}
