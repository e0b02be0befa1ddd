package troupe.board;

import java.util.Optional;
import troupe.board.firmware.KernelStart;
import troupe.board.kernel.KernelImage;

/**
 * A kernel that the firmware starts instead of looking at the drives: a Linux bzImage or a
 * multiboot ELF file.
 *
 * @param initrd the initial RAM disk of Linux, or the first module of a multiboot kernel
 * @param commandLine without the kernel's name
 */
public record DirectBoot(byte[] kernel, Optional<byte[]> initrd, String commandLine) {
  /**
   * Where it all goes in {@code memory} bytes of RAM.
   *
   * @throws IllegalArgumentException if the kernel is of no kind that can be started, or it does
   *     not fit
   */
  KernelStart plan(long memory) {
    return KernelImage.of(kernel).plan(memory, initrd, commandLine);
  }
}
