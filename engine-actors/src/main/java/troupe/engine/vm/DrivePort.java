package troupe.engine.vm;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;
import troupe.devices.outside.BlockPort;
import troupe.diskio.DiskChannel;

/**
 * The image in a drive as its controller sees it: posts each transfer to the image's I/O channel
 * and completes it when the drive's actor gets the answer. On the VM's thread only.
 *
 * <p>What needs no waiting for the host is complete at once, which spares the guest the way through
 * its idle loop and the host four changes of thread: reads of what the host has in memory, and
 * writes to hard disks, which the channel gets as a copy. These are the drive's write cache: a
 * flush is complete when they are on stable storage, and a guest that turns the cache off has each
 * write flushed by the drive. The host cannot refuse them any more; the VM waits until it takes
 * them ({@link DiskChannel.Write#acknowledged}).
 */
final class DrivePort implements BlockPort {
  /** Tags of transfers, one after another, and their account, for all drives of a PC. */
  static final class Tags {
    private long last;
    private DiskTraffic traffic = DiskTraffic.NONE;

    DiskTraffic traffic() {
      return traffic;
    }

    private long next() {
      return ++last;
    }
  }

  /** Most writes of which the guest has been told, and the channel not yet. */
  private static final int MOST_AHEAD = 16;

  private final DriveSlot slot;
  private final OpenedImage image;
  private final Tags tags;
  private final Map<Long, Completion> underWay = new HashMap<>();
  private final Queue<DiskChannel.Transfer> waiting = new ArrayDeque<>();
  private final Set<Long> posted = new HashSet<>();

  /** Of writes that the guest knows as done and the channel does not. */
  private final Map<Long, byte[]> ahead = new HashMap<>();

  private final ArrayDeque<byte[]> spares = new ArrayDeque<>();
  private ActorRef<DiskChannel.Completed> replyTo;

  DrivePort(DriveSlot slot, OpenedImage image, Tags tags) {
    this.slot = slot;
    this.image = image;
    this.tags = tags;
  }

  /** Says who gets the channel's answers, and gives them to {@link #completed}. */
  void answerTo(ActorRef<DiskChannel.Completed> actor) {
    replyTo = actor;
  }

  DriveSlot slot() {
    return slot;
  }

  OpenedImage image() {
    return image;
  }

  @Override
  public int sectorSize() {
    return image.sectorSize();
  }

  @Override
  public long sectors() {
    return image.sectors();
  }

  @Override
  public boolean readOnly() {
    return image.readOnly();
  }

  @Override
  public Optional<RecordedGeometry> geometry() {
    return image
        .geometry()
        .map(g -> new RecordedGeometry(g.cylinders(), g.heads(), g.sectorsPerTrack()));
  }

  @Override
  public void read(long sector, int count, byte[] target, int offset, Completion completion) {
    tags.traffic = tags.traffic.read((long) count * sectorSize());
    boolean alone = underWay.isEmpty() && ahead.isEmpty();
    if (alone && image.shared().readCached(sector, count, target, offset)) {
      completion.done(Result.OK);
      return;
    }
    post(new DiskChannel.Read(tags.next(), sector, count, target, offset, replyTo), completion);
  }

  @Override
  public void write(long sector, int count, byte[] source, int offset, Completion completion) {
    tags.traffic = tags.traffic.written((long) count * sectorSize());
    long tag = tags.next();
    if (!cacheable(sector, count)) {
      post(new DiskChannel.Write(tag, sector, count, source, offset, false, replyTo), completion);
      return;
    }
    int bytes = count * sectorSize();
    byte[] spare = spares.poll();
    byte[] copy = spare != null && spare.length >= bytes ? spare : new byte[bytes];
    System.arraycopy(source, offset, copy, 0, bytes);
    ahead.put(tag, copy);
    posted.add(tag);
    image.channel().tell(new DiskChannel.Write(tag, sector, count, copy, 0, true, replyTo));
    completion.done(Result.OK);
  }

  @Override
  public void flush(Completion completion) {
    post(new DiskChannel.Flush(tags.next(), replyTo), completion);
  }

  /**
   * Whether a write may be called done before it is: there is room in the queue, and the image has
   * no reason to refuse it. A raw one may have, at its ends, where a VHD has its footer.
   */
  private boolean cacheable(long sector, int count) {
    return !slot.floppy()
        && !readOnly()
        && sector > 0
        && sector < sectors() - count
        && waiting.isEmpty()
        && ahead.size() < MOST_AHEAD
        && posted.size() < DiskChannel.MOST_IN_FLIGHT;
  }

  /** What the channel does not take yet waits here: no more than the drive has commands. */
  private void post(DiskChannel.Transfer transfer, Completion completion) {
    underWay.put(transfer.tag(), completion);
    waiting.add(transfer);
    postMore();
  }

  private void postMore() {
    while (!waiting.isEmpty() && posted.size() < DiskChannel.MOST_IN_FLIGHT) {
      DiskChannel.Transfer next = waiting.remove();
      posted.add(next.tag());
      image.channel().tell(next);
    }
  }

  /** The channel answered. */
  void completed(DiskChannel.Completed answer) {
    if (posted.remove(answer.tag())) {
      postMore();
    }
    byte[] written = ahead.remove(answer.tag());
    if (written != null) {
      spares.add(written);
    }
    Completion completion = underWay.remove(answer.tag());
    if (completion != null) {
      completion.done(
          switch (answer.result()) {
            case OK -> Result.OK;
            case OUT_OF_RANGE -> Result.OUT_OF_RANGE;
            case WRITE_PROTECTED -> Result.WRITE_PROTECTED;
            case FAILED -> Result.FAILED;
          });
    }
  }

  /** Whether no answer is to come. */
  boolean idle() {
    return underWay.isEmpty();
  }

  /** No answers will come any more. */
  void cancelAll() {
    Map<Long, Completion> cancelled = Map.copyOf(underWay);
    underWay.clear();
    waiting.clear();
    cancelled.values().forEach(completion -> completion.done(Result.CANCELLED));
  }

  /** Closes the image after all that was posted; the answer comes as any other. */
  void close() {
    image.channel().tell(new DiskChannel.Close(tags.next(), replyTo));
  }
}
