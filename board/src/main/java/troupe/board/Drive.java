package troupe.board;

import java.util.Optional;
import troupe.devices.outside.BlockPort;

/** A drive of the PC, and what is in it at power-on. */
public sealed interface Drive {
  /** An ATA disk; sectors of 512 bytes. */
  record HardDisk(BlockPort content) implements Drive {}

  /** An ATAPI CD-ROM drive; sectors of 2,048 bytes. */
  record CdRom(Optional<BlockPort> medium) implements Drive {}

  /** A 3.5 inch floppy drive; sectors of 512 bytes. */
  record Floppy(Optional<BlockPort> medium) implements Drive {}
}
