package troupe.diskio;

import com.typesafe.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The room that is left on the volume of an image. It is looked up now and then only. Not for use
 * by two threads at once.
 */
public final class HostSpace {
  private static final long LOOK_NANOS = 50_000_000;

  private final long warning;
  private final long error;
  private final Duration interval;
  private final LongSupplier usable;
  private long looked;
  private long left = Long.MAX_VALUE;
  private boolean known;

  /**
   * Room that {@code usable} tells in bytes.
   *
   * @param warning bytes below which there is little
   * @param error bytes below which there is none for growing disks
   * @param interval between two looks while nothing is written
   */
  public HostSpace(long warning, long error, Duration interval, LongSupplier usable) {
    this.warning = warning;
    this.error = error;
    this.interval = interval;
    this.usable = usable;
  }

  /** The volume of {@code file}, with the limits of {@code troupe.host.disk-space}. */
  public static HostSpace of(Path file, Config config) {
    Config limits = config.getConfig("troupe.host.disk-space");
    return new HostSpace(
        limits.getBytes("warning"),
        limits.getBytes("error"),
        limits.getDuration("interval"),
        () -> {
          try {
            return Files.getFileStore(file).getUsableSpace();
          } catch (IOException e) {
            // A volume that does not tell is full when a write says so.
            return Long.MAX_VALUE;
          }
        });
  }

  public long error() {
    return error;
  }

  Duration interval() {
    return interval;
  }

  DiskChannel.Level level() {
    long now = System.nanoTime();
    if (!known || now - looked > LOOK_NANOS) {
      left = usable.getAsLong();
      looked = now;
      known = true;
    }
    return left < error
        ? DiskChannel.Level.NONE
        : left < warning ? DiskChannel.Level.LOW : DiskChannel.Level.ENOUGH;
  }

  /** Whether a transfer failed for want of room. */
  boolean exhausted(IOException e) {
    String message = String.valueOf(e.getMessage());
    return message.contains("No space left on device") || message.contains("Disk quota exceeded");
  }

  String text(Path file, DiskChannel.Level level) {
    return switch (level) {
      case ENOUGH -> file + ": there is room on the host again";
      case LOW ->
          "%s: the host has %d MB left, less than %d".formatted(file, mb(left), mb(warning));
      case NONE, WRITES_WAIT ->
          "%s: the host has no room left (%d MB); writes wait".formatted(file, mb(left));
    };
  }

  private static long mb(long bytes) {
    return bytes / 1_000_000;
  }
}
