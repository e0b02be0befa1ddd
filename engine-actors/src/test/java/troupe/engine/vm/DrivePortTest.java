package troupe.engine.vm;

import static org.junit.jupiter.api.Assertions.*;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import troupe.devices.outside.BlockPort;
import troupe.diskio.DiskChannel;
import troupe.diskio.DiskImage;
import troupe.diskio.ImageFile;
import troupe.diskio.ImageUse;
import troupe.diskio.SharedImage;

class DrivePortTest {
  private final TestInbox<DiskChannel.Command> channel = TestInbox.create();
  private final TestInbox<DiskChannel.Completed> answers = TestInbox.create();
  private final List<BlockPort.Result> results = new ArrayList<>();
  private final DiskImage image;
  private final DrivePort port;

  DrivePortTest(@TempDir Path folder) throws IOException {
    Path file = Files.write(folder.resolve("disk.img"), new byte[1000 * 512]);
    image = ImageFile.open(file, ImageUse.HARD_DISK, ImageFile.Access.READ_WRITE);
    port = port(DriveSlot.HDA);
  }

  @AfterEach
  void close() throws IOException {
    image.close();
  }

  private DrivePort port(DriveSlot slot) {
    OpenedImage opened =
        new OpenedImage(
            image.path(),
            512,
            1000,
            false,
            Optional.empty(),
            List.of(),
            new SharedImage(image),
            channel.getRef());
    DrivePort made = new DrivePort(slot, opened, new DrivePort.Tags());
    made.answerTo(answers.getRef());
    return made;
  }

  private void read(int times) {
    for (int i = 0; i < times; i++) {
      port.read(i, 1, new byte[512], 0, results::add);
    }
  }

  private void complete(DiskChannel.Command command) {
    long tag = ((DiskChannel.Transfer) command).tag();
    port.completed(new DiskChannel.Completed(tag, DiskChannel.Result.OK, ""));
  }

  /** The channel's queue is bounded, and what it does not take yet comes later, in order. */
  @Test
  void whatTheChannelDoesNotTakeWaits() {
    read(DiskChannel.MOST_IN_FLIGHT + 3);
    List<DiskChannel.Command> first = channel.getAllReceived();
    assertEquals(DiskChannel.MOST_IN_FLIGHT, first.size());
    complete(first.getFirst());
    complete(first.get(1));
    List<DiskChannel.Command> next = channel.getAllReceived();
    assertEquals(
        List.of(32L, 33L), next.stream().map(c -> ((DiskChannel.Read) c).sector()).toList());
    first.stream().skip(2).forEach(this::complete);
    next.forEach(this::complete);
    complete(channel.receiveMessage());
    assertEquals(DiskChannel.MOST_IN_FLIGHT + 3, results.size());
    assertTrue(port.idle());
  }

  @Test
  void whatIsCancelledIsNotBegunLater() {
    read(DiskChannel.MOST_IN_FLIGHT + 3);
    port.cancelAll();
    assertEquals(DiskChannel.MOST_IN_FLIGHT + 3, results.size());
    channel.getAllReceived().forEach(this::complete);
    assertTrue(channel.getAllReceived().isEmpty());
    assertTrue(port.idle());
  }

  private static byte[] filled(int fill) {
    byte[] bytes = new byte[512];
    Arrays.fill(bytes, (byte) fill);
    return bytes;
  }

  /** What the host has in memory needs no channel. */
  @Test
  void aReadOfWhatIsInMemoryIsDoneAtOnce() throws IOException {
    image.write(7, 1, filled(9), 0);
    image.prepareCachedReads();
    byte[] target = new byte[512];
    assumeTrue(image.readCached(7, 1, target, 0), "this host does not tell");
    Arrays.fill(target, (byte) 0);
    port.read(7, 1, target, 0, results::add);
    assertEquals(List.of(BlockPort.Result.OK), results);
    assertArrayEquals(filled(9), target);
    assertFalse(channel.hasMessages());
    // Behind a write that the channel has not done, it takes its turn.
    port.write(7, 1, filled(3), 0, results::add);
    port.read(7, 1, target, 0, results::add);
    assertEquals(2, results.size());
    complete(channel.receiveMessage());
    complete(channel.receiveMessage());
    assertEquals(3, results.size());
    port.read(7, 1, target, 0, results::add);
    assertEquals(4, results.size());
    assertFalse(channel.hasMessages());
  }

  /** The drive's buffer is free at once; what the channel gets stays as it was. */
  @Test
  void aWriteIsDoneAtOnceAndTheChannelHasACopy() {
    byte[] source = filled(1);
    port.write(10, 1, source, 0, results::add);
    assertEquals(List.of(BlockPort.Result.OK), results);
    Arrays.fill(source, (byte) 2);
    port.write(11, 1, source, 0, results::add);
    Arrays.fill(source, (byte) 3);
    DiskChannel.Write first = (DiskChannel.Write) channel.receiveMessage();
    DiskChannel.Write second = (DiskChannel.Write) channel.receiveMessage();
    assertTrue(first.acknowledged() && second.acknowledged());
    assertArrayEquals(filled(1), first.source());
    assertArrayEquals(filled(2), second.source());
    assertTrue(port.idle());
    // A buffer is used again when the channel is done with it, not before.
    complete(first);
    port.write(12, 1, source, 0, results::add);
    assertArrayEquals(filled(2), second.source());
    assertSame(first.source(), ((DiskChannel.Write) channel.receiveMessage()).source());
  }

  /** A flush is not done before what the guest takes as written is. */
  @Test
  void aFlushWaitsForTheChannel() {
    port.write(10, 1, filled(1), 0, results::add);
    port.flush(results::add);
    assertEquals(1, results.size());
    assertFalse(port.idle());
    complete(channel.receiveMessage());
    assertEquals(1, results.size());
    complete(channel.receiveMessage());
    assertEquals(2, results.size());
    assertTrue(port.idle());
  }

  /** The queue of writes that the guest takes as done is bounded; the next one waits. */
  @Test
  void aGuestThatWritesFasterThanTheHostWaits() {
    for (int sector = 1; results.size() == sector - 1; sector++) {
      port.write(sector, 1, filled(sector), 0, results::add);
    }
    List<DiskChannel.Command> posted = channel.getAllReceived();
    assertEquals(results.size() + 1, posted.size());
    assertFalse(((DiskChannel.Write) posted.getLast()).acknowledged());
    assertTrue(posted.size() < DiskChannel.MOST_IN_FLIGHT);
    posted.forEach(this::complete);
    assertEquals(posted.size(), results.size());
  }

  /** Floppy disks have no cache, and an image may refuse what is written to its ends. */
  @Test
  void whatTheHostMayRefuseIsNotDoneBefore() {
    port.write(0, 1, filled(1), 0, results::add);
    port.write(998, 2, new byte[1024], 0, results::add);
    port.write(999, 2, new byte[1024], 0, results::add);
    port(DriveSlot.FDA).write(10, 1, filled(1), 0, results::add);
    assertEquals(List.of(), results);
    for (DiskChannel.Command write : channel.getAllReceived()) {
      assertFalse(((DiskChannel.Write) write).acknowledged());
    }
  }
}
