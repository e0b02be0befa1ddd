package troupe.engine.vm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import troupe.diskio.DiskJob;
import troupe.diskio.DiskMerge;
import troupe.diskio.ParentSearch;
import troupe.diskio.VhdMaker;
import troupe.engine.configuration.VmConfiguration;

/**
 * The undo disks of a VM: for each of its hard disks a differencing disk in the same folder, which
 * takes all writes. Calls block.
 */
final class UndoDisks {
  private UndoDisks() {}

  /** The undo disk of {@code disk}, of which every VM has its own. */
  static Path file(String vm, Path disk) {
    return disk.toAbsolutePath().resolveSibling("%s.%s.vud".formatted(disk.getFileName(), vm));
  }

  /**
   * The drives with undo disks in the place of the disks, made where there are none. Those that a
   * session has left which never came to its end, because the process was killed, are treated now
   * as they were to be then.
   *
   * @throws IOException if they cannot be made, or were kept and are not wanted any more
   */
  static Map<DriveSlot, VmConfiguration.Drive> begin(VmConfiguration configuration)
      throws IOException {
    Map<DriveSlot, VmConfiguration.Drive> drives = new EnumMap<>(DriveSlot.class);
    for (Map.Entry<DriveSlot, VmConfiguration.Drive> entry : configuration.drives().entrySet()) {
      VmConfiguration.Drive drive = entry.getValue();
      drives.put(entry.getKey(), drive);
      if (drive.kind() == VmConfiguration.DriveKind.DISK && drive.image().isPresent()) {
        Path disk = drive.image().get();
        Path undo = file(configuration.name(), disk);
        if (configuration.undo() == VmConfiguration.Undo.OFF) {
          if (Files.exists(undo)) {
            throw new IOException(
                "%s: the disk has an undo disk, %s; commit or discard that first (troupe disk)"
                    .formatted(disk, undo));
          }
          continue;
        }
        if (Files.exists(undo)) {
          end(configuration.undo(), undo);
        }
        if (!Files.exists(undo)) {
          VhdMaker.differencing(undo, disk, ParentSearch.BESIDE_CHILD);
        }
        drives.put(entry.getKey(), drive.with(Optional.of(undo)));
      }
    }
    return drives;
  }

  /** Whether {@link #end} has something to do. */
  static boolean act(VmConfiguration configuration) {
    return switch (configuration.undo()) {
      case OFF, KEEP -> false;
      case COMMIT, DISCARD -> true;
    };
  }

  /**
   * Commits or discards the undo disks of a VM that is off.
   *
   * @throws IOException if that cannot be; the undo disks stay
   */
  static void end(VmConfiguration configuration) throws IOException {
    for (VmConfiguration.Drive drive : configuration.drives().values()) {
      if (drive.kind() == VmConfiguration.DriveKind.DISK && drive.image().isPresent()) {
        Path undo = file(configuration.name(), drive.image().get());
        if (Files.exists(undo)) {
          end(configuration.undo(), undo);
        }
      }
    }
  }

  private static void end(VmConfiguration.Undo action, Path undo) throws IOException {
    switch (action) {
      case OFF, KEEP -> {}
      case COMMIT -> DiskMerge.intoParent(undo, ParentSearch.BESIDE_CHILD, DiskJob.UNWATCHED);
      case DISCARD -> DiskMerge.discard(undo);
    }
  }
}
