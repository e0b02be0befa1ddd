package troupe.diskio;

import static org.junit.jupiter.api.Assertions.*;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
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

  @TempDir Path folder;
  private final TestProbe<Completed> probe = KIT.createTestProbe(Completed.class);
  private final ActorRef<Completed> to = probe.getRef();
  private final TestProbe<DiskChannel.Space> space = KIT.createTestProbe(DiskChannel.Space.class);

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  private ActorRef<Command> spawn(DiskImage image) {
    return spawn(image, new HostSpace(0, 0, () -> Long.MAX_VALUE));
  }

  private ActorRef<Command> spawn(DiskImage image, HostSpace room) {
    return KIT.spawn(DiskChannel.create(image, room, space.getRef()), DiskChannel.dispatcher());
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
            new HostSpace(100, 20, left::get));
    byte[] data = SampleImages.random(512, 1);
    byte[] back = new byte[512];
    channel.tell(new Write(1, 0, 1, data, 0, to));
    done(1, Result.OK);
    left.set(60);
    pause();
    channel.tell(new Write(2, 1, 1, data, 0, to));
    done(2, Result.OK);
    assertEquals(DiskChannel.Level.LOW, space.receiveMessage().level());
    left.set(19);
    pause();
    channel.tell(new Write(3, 5000, 1, data, 0, to));
    channel.tell(new Flush(4, to));
    channel.tell(new Read(5, 5000, 1, back, 0, to));
    DiskChannel.Space none = space.receiveMessage();
    assertEquals(DiskChannel.Level.NONE, none.level());
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
    channel.tell(new Write(6, 0, 1, data, 0, to));
    channel.tell(new DiskChannel.Close(7, to));
    done(6, Result.FAILED);
    done(7, Result.OK);
    assertEquals(DiskChannel.Level.NONE, space.receiveMessage().level());
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
    channel.tell(new Write(1, 0, 1, new byte[512], 0, to));
    channel.tell(new Write(2, 1, 1, new byte[512], 0, to));
    assertEquals(DiskChannel.Level.NONE, space.receiveMessage().level());
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
    channel.tell(new Write(1, 3, 2, data, 0, to));
    channel.tell(new Read(2, 3, 2, back, 0, to));
    channel.tell(new Flush(3, to));
    channel.tell(new Read(4, 15, 2, back, 0, to));
    channel.tell(new Write(5, -1, 1, data, 0, to));
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
    channel.tell(new Write(1, 0, 1, new byte[2048], 0, to));
    done(1, Result.WRITE_PROTECTED);
  }

  /** An image that records what is done to it. */
  private static final class RecordingImage implements DiskImage {
    final List<String> log = Collections.synchronizedList(new ArrayList<>());
    IOException failure;

    /** How many writes the host has no room for. */
    int full;

    private void did(String what) throws IOException {
      log.add(what);
      if (failure != null) {
        throw failure;
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
      did("read " + sector + " by " + Thread.currentThread().getName());
    }

    @Override
    public void write(long sector, int count, byte[] source, int offset) throws IOException {
      if (full-- > 0) {
        throw new IOException("No space left on device");
      }
      did("write " + sector);
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
    for (int i = 0; i < 100; i++) {
      if (i % 7 == 6) {
        channel.tell(new Flush(i, to));
        expected.add("flush");
      } else {
        channel.tell(new Write(i, i, 1, new byte[512], 0, to));
        expected.add("write " + i);
      }
    }
    for (int i = 0; i < 100; i++) {
      done(i, Result.OK);
      assertTrue(image.log.size() > i);
    }
    assertEquals(expected, image.log);
  }

  @Test
  void transfersRunOnTheDispatcherForThem() {
    RecordingImage image = new RecordingImage();
    spawn(image).tell(new Read(1, 7, 1, new byte[512], 0, to));
    done(1, Result.OK);
    assertTrue(image.log.getFirst().contains("disk-io"), image.log.getFirst());
  }

  @Test
  void hostErrorsAreAnsweredWithTheirReason() {
    RecordingImage image = new RecordingImage();
    image.failure = new IOException("Input/output error");
    ActorRef<Command> channel = spawn(image);
    channel.tell(new Write(1, 0, 1, new byte[512], 0, to));
    assertEquals("recording.img: Input/output error", done(1, Result.FAILED).reason());
    channel.tell(new Flush(2, to));
    done(2, Result.FAILED);
    channel.tell(new Close(3, to));
    done(3, Result.FAILED);
    probe.expectTerminated(channel);
  }
}
