package troupe.engine.vm;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import troupe.devices.outside.BlockPort;
import troupe.diskio.DiskChannel;

/**
 * The image in a drive as its controller sees it: posts each transfer to the image's I/O channel
 * and completes it when the drive's actor gets the answer. On the VM's thread only.
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

  private final DriveSlot slot;
  private final OpenedImage image;
  private final Tags tags;
  private final Map<Long, Completion> underWay = new HashMap<>();
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
    if (tooMany(completion)) {
      return;
    }
    tags.traffic = tags.traffic.read((long) count * sectorSize());
    image
        .channel()
        .tell(new DiskChannel.Read(tag(completion), sector, count, target, offset, replyTo));
  }

  @Override
  public void write(long sector, int count, byte[] source, int offset, Completion completion) {
    if (tooMany(completion)) {
      return;
    }
    tags.traffic = tags.traffic.written((long) count * sectorSize());
    image
        .channel()
        .tell(new DiskChannel.Write(tag(completion), sector, count, source, offset, replyTo));
  }

  @Override
  public void flush(Completion completion) {
    if (tooMany(completion)) {
      return;
    }
    image.channel().tell(new DiskChannel.Flush(tag(completion), replyTo));
  }

  /** The channel answered. */
  void completed(DiskChannel.Completed answer) {
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
    cancelled.values().forEach(completion -> completion.done(Result.CANCELLED));
  }

  /** Closes the image after all that was posted; the answer comes as any other. */
  void close() {
    image.channel().tell(new DiskChannel.Close(tags.next(), replyTo));
  }

  private boolean tooMany(Completion completion) {
    boolean full = underWay.size() >= DiskChannel.MOST_IN_FLIGHT;
    if (full) {
      completion.done(Result.FAILED);
    }
    return full;
  }

  private long tag(Completion completion) {
    long tag = tags.next();
    underWay.put(tag, completion);
    return tag;
  }
}
