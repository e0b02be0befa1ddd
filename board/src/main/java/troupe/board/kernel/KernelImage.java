package troupe.board.kernel;

import java.util.Optional;
import troupe.board.firmware.KernelStart;

/** A kernel file of a kind that can be started without a boot loader. */
public sealed interface KernelImage permits LinuxImage, MultibootImage {
  /**
   * Recognizes a kernel.
   *
   * @throws IllegalArgumentException if it is neither a Linux bzImage nor a multiboot ELF file, or
   *     one that is damaged; the message says which
   */
  static KernelImage of(byte[] file) {
    if (LinuxImage.recognizes(file)) {
      return new LinuxImage(file);
    }
    return MultibootImage.find(file)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "the kernel is neither a Linux bzImage nor a multiboot ELF file"));
  }

  /** Does ahead what otherwise takes time when the kernel is started. */
  default void unpack() {}

  /** The end of RAM is the firmware's, for its tables. */
  int FIRMWARE_RESERVE = 0x10_0000;

  /**
   * Plans where in {@code memory} bytes of RAM everything goes.
   *
   * @throws IllegalArgumentException if it does not fit
   */
  KernelStart plan(long memory, Optional<byte[]> initrd, String commandLine);
}
