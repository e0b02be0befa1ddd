package troupe.diskio;

import static org.junit.jupiter.api.Assertions.*;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import troupe.diskio.DiskChannel.Close;
import troupe.diskio.DiskChannel.Command;
import troupe.diskio.DiskChannel.Completed;
import troupe.diskio.DiskChannel.Flush;
import troupe.diskio.DiskChannel.Read;
import troupe.diskio.DiskChannel.Result;
import troupe.diskio.DiskChannel.Write;
import troupe.diskio.ImageFile.Access;

class DiskChannelTest {
  private static final ActorTestKit KIT = ActorTestKit.create();
  private static final Duration NEVER = Duration.ofDays(1);

  @TempDir Path folder;
  private final TestProbe<Completed> probe = KIT.createTestProbe(Completed.class);
  private final ActorRef<Completed> to = probe.getRef();
  private final TestProbe<DiskChannel.Space> space = KIT.createTestProbe(DiskChannel.Space.class);

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  private ActorRef<Command> spawn(DiskImage image) {
    return spawn(image, new HostSpace(0, 0, NEVER, () -> Long.MAX_VALUE));
  }

  private ActorRef<Command> spawn(DiskImage image, HostSpace room) {
    return KIT.spawn(
        DiskChannel.create(new SharedImage(image), room, space.getRef()), DiskChannel.dispatcher());
  }

  private Completed done(long tag, Result result) {
    Completed completed = probe.receiveMessage();
    assertEquals(tag, completed.tag());
    assertEquals(result, completed.result(), completed.reason());
    return completed;
  }

  /** A growing disk waits when the volume is nearly full; a full one makes every write wait. */
  @Test
  void writesWaitForRoomOnTheHost() throws IOException {
    AtomicLong left = new AtomicLong(1000);
    Path file = folder.resolve("growing.vhd");
    VhdMaker.dynamic(file, 8 << 20);
    ActorRef<Command> channel =
        spawn(
            ImageFile.open(file, ImageUse.HARD_DISK, Access.READ_WRITE),
            new HostSpace(100, 20, NEVER, left::get));
    byte[] data = SampleImages.random(512, 1);
    byte[] back = new byte[512];
    channel.tell(new Write(1, 0, 1, data, 0, false, to));
    done(1, Result.OK);
    left.set(60);
    pause();
    channel.tell(new Write(2, 1, 1, data, 0, false, to));
    done(2, Result.OK);
    assertEquals(DiskChannel.Level.LOW, space.receiveMessage().level());
    left.set(19);
    pause();
    channel.tell(new Write(3, 5000, 1, data, 0, false, to));
    channel.tell(new Flush(4, to));
    channel.tell(new Read(5, 5000, 1, back, 0, to));
    DiskChannel.Space none = space.receiveMessage();
    assertEquals(DiskChannel.Level.WRITES_WAIT, none.level());
    assertEquals(file, none.file());
    probe.expectNoMessage(Duration.ofMillis(700));
    left.set(1000);
    done(3, Result.OK);
    done(4, Result.OK);
    done(5, Result.OK);
    assertArrayEquals(data, back);
    assertEquals(DiskChannel.Level.ENOUGH, space.receiveMessage().level());
    left.set(0);
    pause();
    channel.tell(new Write(6, 0, 1, data, 0, false, to));
    channel.tell(new DiskChannel.Close(7, to));
    done(6, Result.FAILED);
    done(7, Result.OK);
    assertEquals(DiskChannel.Level.WRITES_WAIT, space.receiveMessage().level());
  }

  /** Another program fills the volume, and makes room again; the guest only reads. */
  @Test
  void eachLimitIsToldOnceThoughNobodyWrites() throws IOException {
    AtomicLong left = new AtomicLong(1000);
    Path growing = folder.resolve("idle.vhd");
    VhdMaker.dynamic(growing, 8 << 20);
    HostSpace room = new HostSpace(100, 20, Duration.ofMillis(10), left::get);
    ActorRef<Command> channel =
        spawn(ImageFile.open(growing, ImageUse.HARD_DISK, Access.READ_WRITE), room);
    byte[] data = new byte[512];
    channel.tell(new Read(1, 0, 1, data, 0, to));
    done(1, Result.OK);
    space.expectNoMessage(Duration.ofMillis(200));
    for (Map.Entry<Long, DiskChannel.Level> step :
        List.of(
            Map.entry(99L, DiskChannel.Level.LOW),
            Map.entry(19L, DiskChannel.Level.NONE),
            Map.entry(20L, DiskChannel.Level.LOW),
            Map.entry(100L, DiskChannel.Level.ENOUGH),
            Map.entry(0L, DiskChannel.Level.NONE))) {
      left.set(step.getKey());
      DiskChannel.Space told = space.receiveMessage();
      assertEquals(step.getValue(), told.level());
      assertEquals(growing, told.file());
      space.expectNoMessage(Duration.ofMillis(200));
    }
    data[0] = 1;
    channel.tell(new Write(2, 0, 1, data, 0, false, to));
    assertEquals(DiskChannel.Level.WRITES_WAIT, space.receiveMessage().level());
    space.expectNoMessage(Duration.ofMillis(200));
    left.set(1000);
    done(2, Result.OK);
    assertEquals(DiskChannel.Level.ENOUGH, space.receiveMessage().level());
  }

  /** Disks that do not grow have no need of room, and what cannot be written none of a warning. */
  @Test
  void disksThatDoNotGrowAreWarnedOfOnly() throws IOException {
    Path flat = Files.write(folder.resolve("flat.img"), new byte[16 * 512]);
    for (Access access : Access.values()) {
      HostSpace room = new HostSpace(100, 20, Duration.ofMillis(10), () -> 0);
      ActorRef<Command> channel = spawn(ImageFile.open(flat, ImageUse.HARD_DISK, access), room);
      if (access == Access.READ_WRITE) {
        assertEquals(DiskChannel.Level.LOW, space.receiveMessage().level());
        channel.tell(new Write(1, 0, 1, new byte[512], 0, false, to));
        done(1, Result.OK);
      }
      space.expectNoMessage(Duration.ofMillis(200));
      channel.tell(new DiskChannel.Close(2, to));
      done(2, Result.OK);
    }
  }

  /** The level is looked up now and then only. */
  private static void pause() {
    try {
      Thread.sleep(80);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aWriteThatTheHostHasNoRoomForIsRepeated() throws IOException {
    RecordingImage image = new RecordingImage();
    image.full = 2;
    ActorRef<Command> channel = spawn(image);
    channel.tell(new Write(1, 0, 1, new byte[512], 0, false, to));
    channel.tell(new Write(2, 1, 1, new byte[512], 0, false, to));
    assertEquals(DiskChannel.Level.WRITES_WAIT, space.receiveMessage().level());
    done(1, Result.OK);
    done(2, Result.OK);
    assertEquals(DiskChannel.Level.ENOUGH, space.receiveMessage().level());
  }

  @Test
  void readsWritesAndCloses() throws IOException {
    Path file = Files.write(folder.resolve("a.img"), new byte[16 * 512]);
    ActorRef<Command> channel = spawn(ImageFile.open(file, ImageUse.HARD_DISK, Access.READ_WRITE));
    byte[] data = SampleImages.random(1024, 1);
    byte[] back = new byte[1024];
    channel.tell(new Write(1, 3, 2, data, 0, false, to));
    channel.tell(new Read(2, 3, 2, back, 0, to));
    channel.tell(new Flush(3, to));
    channel.tell(new Read(4, 15, 2, back, 0, to));
    channel.tell(new Write(5, -1, 1, data, 0, false, to));
    done(1, Result.OK);
    done(2, Result.OK);
    assertArrayEquals(data, back);
    done(3, Result.OK);
    done(4, Result.OUT_OF_RANGE);
    done(5, Result.OUT_OF_RANGE);
    assertThrows(
        ImageException.class,
        () -> ImageFile.open(file, ImageUse.HARD_DISK, Access.READ_WRITE),
        "two writers");
    channel.tell(new Close(6, to));
    done(6, Result.OK);
    probe.expectTerminated(channel);
    ImageFile.open(file, ImageUse.HARD_DISK, Access.READ_WRITE).close();
  }

  @Test
  void stoppingTheActorClosesTheImage() throws IOException {
    Path file = Files.write(folder.resolve("a.img"), new byte[512]);
    ActorRef<Command> channel = spawn(ImageFile.open(file, ImageUse.HARD_DISK, Access.READ_WRITE));
    KIT.stop(channel);
    probe.expectTerminated(channel);
    ImageFile.open(file, ImageUse.HARD_DISK, Access.READ_WRITE).close();
  }

  @Test
  void readOnlyImagesAreWriteProtected() throws IOException {
    Path file = SampleImages.iso(folder.resolve("a.iso"), 20);
    ActorRef<Command> channel = spawn(ImageFile.open(file, ImageUse.CD, Access.READ_ONLY));
    channel.tell(new Write(1, 0, 1, new byte[2048], 0, false, to));
    done(1, Result.WRITE_PROTECTED);
  }

  /** An image that records what is done to it. */
  private static final class RecordingImage implements DiskImage {
    final List<String> log = Collections.synchronizedList(new ArrayList<>());
    private final byte[] content = new byte[1000 * 512];
    IOException failure;

    /** Thrown by each transfer. */
    Error bug;

    /** Counted down by each transfer. */
    CountDownLatch entered = new CountDownLatch(1);

    /** Transfers wait for it. */
    CountDownLatch gate = new CountDownLatch(0);

    /** A sector that cannot be written. */
    private volatile int bad = -1;

    String thread = "";

    /** How many writes the host has no room for. */
    int full;

    private void did(String what) throws IOException {
      log.add(what);
      entered.countDown();
      try {
        assertTrue(gate.await(10, TimeUnit.SECONDS));
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      if (failure != null) {
        throw failure;
      }
      if (bug != null) {
        throw bug;
      }
    }

    @Override
    public Path path() {
      return Path.of("recording.img");
    }

    @Override
    public ImageFormat format() {
      return ImageFormat.RAW;
    }

    @Override
    public int sectorSize() {
      return 512;
    }

    @Override
    public long sectors() {
      return 1000;
    }

    @Override
    public boolean readOnly() {
      return false;
    }

    @Override
    public Optional<ImageGeometry> geometry() {
      return Optional.empty();
    }

    @Override
    public void read(long sector, int count, byte[] target, int offset) throws IOException {
      thread = Thread.currentThread().getName();
      System.arraycopy(content, (int) sector * 512, target, offset, count * 512);
      did("read " + sector + " " + count);
    }

    @Override
    public void write(long sector, int count, byte[] source, int offset) throws IOException {
      if (full-- > 0) {
        throw new IOException("No space left on device");
      }
      if (bad >= sector && bad < sector + count) {
        throw new IOException("bad sector");
      }
      System.arraycopy(source, offset, content, (int) sector * 512, count * 512);
      did("write " + sector + " " + count);
    }

    @Override
    public void flush() throws IOException {
      did("flush");
    }

    @Override
    public void close() throws IOException {
      did("close");
    }
  }

  /** When a flush is answered, every write before it is done and forced, none after it. */
  @Test
  void flushKeepsItsPlaceAmongTheWrites() {
    RecordingImage image = new RecordingImage();
    ActorRef<Command> channel = spawn(image);
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < DiskChannel.MOST_IN_FLIGHT; i++) {
      if (i % 7 == 6) {
        channel.tell(new Flush(i, to));
        expected.add("flush");
      } else {
        channel.tell(new Write(i, 2 * i, 1, new byte[512], 0, false, to));
        expected.add("write %d 1".formatted(2 * i));
      }
    }
    for (int i = 0; i < DiskChannel.MOST_IN_FLIGHT; i++) {
      done(i, Result.OK);
      assertTrue(image.log.size() > i);
    }
    assertEquals(expected, image.log);
  }

  /** Has the channel at work on something else until {@code release}. */
  private ActorRef<Command> busy(RecordingImage image) throws InterruptedException {
    ActorRef<Command> channel = spawn(image);
    channel.tell(new Read(0, 900, 1, new byte[512], 0, to));
    assertTrue(image.entered.await(10, TimeUnit.SECONDS));
    image.log.clear();
    return channel;
  }

  @Test
  void adjacentRequestsAreOneTransferOnTheHost() throws InterruptedException {
    RecordingImage image = new RecordingImage();
    image.gate = new CountDownLatch(1);
    ActorRef<Command> channel = busy(image);
    byte[] a = SampleImages.random(2 * 512, 1);
    byte[] b = SampleImages.random(3 * 512, 2);
    channel.tell(new Write(1, 10, 2, a, 0, false, to));
    channel.tell(new Write(2, 12, 1, b, 1024, false, to));
    channel.tell(new Flush(3, to));
    channel.tell(new Write(4, 13, 2, b, 0, false, to));
    channel.tell(new Read(5, 15, 1, new byte[512], 0, to));
    channel.tell(new Read(6, 16, 4, new byte[4096], 512, to));
    channel.tell(new Read(7, 998, 4, new byte[4096], 0, to));
    channel.tell(new Read(8, 10, 1, new byte[512], 0, to));
    byte[] back = new byte[4 * 512];
    channel.tell(new Read(9, 11, 4, back, 0, to));
    image.gate.countDown();
    done(0, Result.OK);
    for (int tag = 1; tag <= 9; tag++) {
      done(tag, tag == 7 ? Result.OUT_OF_RANGE : Result.OK);
    }
    assertEquals(List.of("write 10 3", "flush", "write 13 2", "read 15 5", "read 10 5"), image.log);
    byte[] expected = new byte[4 * 512];
    System.arraycopy(a, 512, expected, 0, 512);
    System.arraycopy(b, 1024, expected, 512, 512);
    System.arraycopy(b, 0, expected, 1024, 1024);
    assertArrayEquals(expected, back);
  }

  @Test
  void whatFailsTogetherIsToldApart() throws InterruptedException {
    RecordingImage image = new RecordingImage();
    image.gate = new CountDownLatch(1);
    ActorRef<Command> channel = busy(image);
    image.bad = 21;
    for (int i = 0; i < 3; i++) {
      channel.tell(new Write(i + 1, 20 + i, 1, new byte[512], 0, false, to));
    }
    image.gate.countDown();
    done(0, Result.OK);
    done(1, Result.OK);
    assertEquals("recording.img: bad sector", done(2, Result.FAILED).reason());
    done(3, Result.OK);
  }

  /** What the guest takes as written waits for the host, and what comes after it too. */
  @Test
  void anAcknowledgedWriteDoesNotFail() throws InterruptedException {
    RecordingImage image = new RecordingImage();
    image.gate = new CountDownLatch(1);
    ActorRef<Command> channel = busy(image);
    image.bad = 21;
    byte[] data = SampleImages.random(3 * 512, 1);
    byte[] back = new byte[3 * 512];
    channel.tell(new Write(1, 20, 1, data, 0, true, to));
    channel.tell(new Write(2, 21, 1, data, 512, true, to));
    channel.tell(new Write(3, 22, 1, data, 1024, true, to));
    channel.tell(new Flush(4, to));
    channel.tell(new Read(5, 20, 3, back, 0, to));
    image.gate.countDown();
    done(0, Result.OK);
    done(1, Result.OK);
    DiskChannel.Space waits = space.receiveMessage();
    assertEquals(DiskChannel.Level.WRITES_WAIT, waits.level());
    assertEquals("recording.img: bad sector; writes wait", waits.text());
    probe.expectNoMessage(Duration.ofMillis(700));
    assertFalse(image.log.contains("flush"));
    image.bad = -1;
    for (int tag = 2; tag <= 5; tag++) {
      done(tag, Result.OK);
    }
    assertArrayEquals(data, back);
    assertEquals(DiskChannel.Level.ENOUGH, space.receiveMessage().level());
  }

  /** Copying much from many buffers into one would take longer than the host's calls. */
  @Test
  void largeRequestsAreTransfersOfTheirOwn() throws InterruptedException {
    RecordingImage image = new RecordingImage();
    image.gate = new CountDownLatch(1);
    ActorRef<Command> channel = busy(image);
    channel.tell(new Write(1, 10, 128, new byte[128 * 512], 0, false, to));
    channel.tell(new Write(2, 138, 128, new byte[128 * 512], 0, false, to));
    channel.tell(new Write(3, 266, 127, new byte[127 * 512], 0, false, to));
    image.gate.countDown();
    for (int tag = 0; tag <= 3; tag++) {
      done(tag, Result.OK);
    }
    assertEquals(List.of("write 10 128", "write 138 255"), image.log);
  }

  /** The queue is bounded: what a sender has too many is refused at once. */
  @Test
  void noMoreThanTheMostAreTaken() throws InterruptedException {
    RecordingImage image = new RecordingImage();
    image.gate = new CountDownLatch(1);
    ActorRef<Command> channel = busy(image);
    for (int i = 1; i <= DiskChannel.MOST_IN_FLIGHT + 1; i++) {
      channel.tell(new Write(i, 2 * i, 1, new byte[512], 0, false, to));
    }
    image.gate.countDown();
    done(0, Result.OK);
    done(DiskChannel.MOST_IN_FLIGHT + 1, Result.FAILED);
    for (int i = 1; i <= DiskChannel.MOST_IN_FLIGHT; i++) {
      done(i, Result.OK);
    }
  }

  /** Each of two transfers ends only when the other has begun. */
  @Test
  void imagesAreBusyAtTheSameTime() {
    CountDownLatch both = new CountDownLatch(2);
    for (int i = 0; i < 2; i++) {
      RecordingImage image = new RecordingImage();
      image.entered = both;
      image.gate = both;
      spawn(image).tell(new Read(1, 0, 1, new byte[512], 0, to));
    }
    done(1, Result.OK);
    done(1, Result.OK);
  }

  @Test
  void transfersRunOnTheDispatcherForThem() {
    RecordingImage image = new RecordingImage();
    spawn(image).tell(new Read(1, 7, 1, new byte[512], 0, to));
    done(1, Result.OK);
    assertTrue(image.thread.contains("disk-io"), image.thread);
  }

  @Test
  void hostErrorsAreAnsweredWithTheirReason() {
    RecordingImage image = new RecordingImage();
    image.failure = new IOException("Input/output error");
    ActorRef<Command> channel = spawn(image);
    channel.tell(new Write(1, 0, 1, new byte[512], 0, false, to));
    assertEquals("recording.img: Input/output error", done(1, Result.FAILED).reason());
    channel.tell(new Flush(2, to));
    done(2, Result.FAILED);
    channel.tell(new Close(3, to));
    done(3, Result.FAILED);
    probe.expectTerminated(channel);
  }

  @Test
  void whatFailsInTheChannelItselfIsAnsweredToo() {
    RecordingImage image = new RecordingImage();
    image.bug = new OutOfMemoryError("made up");
    ActorRef<Command> channel = spawn(image);
    channel.tell(new Write(1, 0, 1, new byte[512], 0, false, to));
    channel.tell(new Read(2, 0, 1, new byte[512], 0, to));
    assertTrue(done(1, Result.FAILED).reason().contains("made up"));
    done(2, Result.FAILED);
    image.bug = null;
    channel.tell(new Read(3, 0, 1, new byte[512], 0, to));
    done(3, Result.OK);
  }
}
