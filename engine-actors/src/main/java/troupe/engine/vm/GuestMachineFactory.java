package troupe.engine.vm;

import java.io.IOException;
import java.util.Map;
import troupe.devices.outside.BlockPort;
import troupe.devices.outside.ByteSink;
import troupe.engine.configuration.VmConfiguration;

/** Builds PCs. */
public interface GuestMachineFactory {
  /**
   * Reads the files that the PC is built from; this blocks, and runs on a thread for that.
   *
   * @param goesOn the PC goes on from a saved state instead of being switched on
   * @throws IOException with one line that names the file and what is wrong with it
   */
  Kit prepare(VmConfiguration configuration, boolean goesOn) throws IOException;

  /** Bytes of heap that what all its PCs share takes at most. */
  default long sharedHeapBytes() {
    return 0;
  }

  /** The files of one PC, read. */
  @FunctionalInterface
  interface Kit {
    /** Builds the PC, on its VM's thread. */
    GuestMachine assemble(Attachments attachments);
  }

  /**
   * What the host puts behind the PC's ports and drives.
   *
   * @param media by slot; slots without a medium are not there
   * @param serial by number of the port, 0 is COM1
   * @param portLogs by I/O port
   */
  record Attachments(
      Map<DriveSlot, BlockPort> media,
      Map<Integer, ByteSink> serial,
      ByteSink parallel,
      Map<Integer, ByteSink> portLogs) {}
}
