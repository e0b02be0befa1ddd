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
public record DirectBoot(KernelImage kernel, Optional<byte[]> initrd, String commandLine) {
  /**
   * Where it all goes in {@code memory} bytes of RAM.
   *
   * @throws IllegalArgumentException if it does not fit
   */
  KernelStart plan(long memory) {
    return kernel.plan(memory, initrd, commandLine);
  }
}
