package troupe.engine.vm;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import troupe.engine.configuration.VmConfiguration;
import troupe.engine.saved.Medium;
import troupe.engine.saved.SavedState;

/** What is in the drives of a VM whose state is saved. */
final class SavedMedia {
  private SavedMedia() {}

  /** Looks at the files, which must not change any more. */
  static List<Medium> of(Map<DriveSlot, Path> files) throws IOException {
    List<Medium> media = new ArrayList<>();
    for (Map.Entry<DriveSlot, Path> file : files.entrySet()) {
      media.add(Medium.of(file.getKey().label(), file.getValue()));
    }
    return media;
  }

  /**
   * The drives as they were, which may have other CDs and diskettes in them than are configured.
   *
   * @throws IOException if the drives are others now, or what is in them has changed
   */
  static Map<DriveSlot, VmConfiguration.Drive> drives(
      Path state, SavedState.Header header, VmConfiguration configuration) throws IOException {
    Map<DriveSlot, VmConfiguration.Drive> drives = new EnumMap<>(DriveSlot.class);
    configuration.drives().forEach((slot, drive) -> drives.put(slot, drive.with(Optional.empty())));
    for (Medium medium : header.media()) {
      Optional<DriveSlot> slot = DriveSlot.byLabel(medium.slot());
      VmConfiguration.Drive drive = slot.map(drives::get).orElse(null);
      if (drive == null) {
        throw new IOException(
            "%s: had a drive %s, which is not there any more".formatted(state, medium.slot()));
      }
      Optional<String> difference = medium.difference();
      if (difference.isPresent()) {
        throw new IOException(difference.get());
      }
      drives.put(slot.orElseThrow(), drive.with(Optional.of(Path.of(medium.file()))));
    }
    for (Map.Entry<DriveSlot, VmConfiguration.Drive> drive : drives.entrySet()) {
      if (drive.getValue().kind() == VmConfiguration.DriveKind.DISK
          && drive.getValue().image().isEmpty()) {
        throw new IOException(
            "%s: had no disk %s, which is there now".formatted(state, drive.getKey().label()));
      }
    }
    return drives;
  }
}
