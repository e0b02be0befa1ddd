package troupe.engine.vm;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import troupe.diskio.DiskChannel;
import troupe.diskio.DiskChannel.Level;

/** How much room the host has for a VM's disks. */
final class DiskRoom {
  private final VmLifetime life;

  /** Of the disks for which there is not enough. */
  private final Map<Path, Level> scarce = new TreeMap<>();

  private boolean paused;

  DiskRoom(VmLifetime life) {
    this.life = life;
  }

  /** Notes what has changed, and tells the world once of each limit that is passed. */
  void note(DiskChannel.Space now) {
    Level before =
        now.level() == Level.ENOUGH
            ? scarce.remove(now.file())
            : scarce.put(now.file(), now.level());
    switch (now.level()) {
      case ENOUGH -> {
        if (before != null) {
          life.event(Event.Kind.DISK_SPACE_BACK, now.text());
        }
      }
      case LOW -> life.event(Event.Kind.DISK_SPACE_WARNING, now.text());
      case NONE -> life.event(Event.Kind.DISK_SPACE_ERROR, now.text());
      case WRITES_WAIT -> {
        if (before != Level.NONE) {
          life.event(Event.Kind.DISK_SPACE_ERROR, now.text());
        }
      }
    }
  }

  /** Whether the writes of some disk wait. */
  boolean isMissing() {
    return scarce.containsValue(Level.WRITES_WAIT);
  }

  /** The VM is paused, and runs again when there is room. */
  void pause() {
    paused = true;
  }

  /** True, once, if there is room for all disks again and the VM paused for it. */
  boolean letsGoOn() {
    boolean goOn = paused && !isMissing();
    paused &= !goOn;
    return goOn;
  }

  /** The disks for which there is not enough. */
  @Override
  public String toString() {
    return scarce.keySet().toString();
  }
}
