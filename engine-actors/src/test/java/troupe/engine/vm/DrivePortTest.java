package troupe.engine.vm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.junit.jupiter.api.Test;
import troupe.devices.outside.BlockPort;
import troupe.diskio.DiskChannel;

class DrivePortTest {
  private final TestInbox<DiskChannel.Command> channel = TestInbox.create();
  private final TestInbox<DiskChannel.Completed> answers = TestInbox.create();
  private final DrivePort port =
      new DrivePort(
          DriveSlot.HDA,
          new OpenedImage(
              Path.of("disk.img"), 512, 1000, false, Optional.empty(), List.of(), channel.getRef()),
          new DrivePort.Tags());
  private final List<BlockPort.Result> results = new ArrayList<>();

  DrivePortTest() {
    port.answerTo(answers.getRef());
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
}
