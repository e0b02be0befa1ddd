package troupe.engine.vm;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import troupe.diskio.DiskChannel;

/** Which of a VM's growing disks the host has no room for. */
final class DiskRoom {
  private final VmLifetime life;
  private final Set<Path> without = new HashSet<>();
  private boolean paused;

  DiskRoom(VmLifetime life) {
    this.life = life;
  }

  /** Keeps count of the disks without room, and tells the world. */
  void note(DiskChannel.Space now) {
    switch (now.level()) {
      case ENOUGH -> {
        if (without.remove(now.file())) {
          life.event(Event.Kind.DISK_SPACE_BACK, now.text());
        }
      }
      case LOW -> {
        // Little, but nothing waits.
        without.remove(now.file());
        life.event(Event.Kind.DISK_SPACE_WARNING, now.text());
      }
      case NONE -> {
        without.add(now.file());
        life.event(Event.Kind.DISK_SPACE_ERROR, now.text());
      }
    }
  }

  /** Whether the writes of some disk wait. */
  boolean isMissing() {
    return !without.isEmpty();
  }

  /** The VM is paused, and runs again when there is room. */
  void pause() {
    paused = true;
  }

  /** True, once, if there is room for all disks again and the VM paused for it. */
  boolean letsGoOn() {
    boolean goOn = paused && without.isEmpty();
    paused &= !goOn;
    return goOn;
  }

  @Override
  public String toString() {
    return without.toString();
  }
}
