package troupe.diskio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A file that stands for a disk of the host or a raw image: one line that says what it is, and one
 * with the absolute path. It is never as long as whole sectors are, so that no guest can make its
 * raw image one of them.
 */
public final class LinkedDisk {
  private static final String FIRST_LINE = "Troupe linked disk\n";
  private static final int LONGEST = 8192;
  private static final Path MOUNTS = Path.of("/proc/self/mounts");

  private LinkedDisk() {}

  /**
   * Makes {@code file}, which stands for {@code source}.
   *
   * @throws ImageException if there is no such disk
   */
  public static void create(Path file, Path source) throws IOException {
    Path absolute = source.toAbsolutePath().normalize();
    if (!isDisk(absolute)) {
      throw new ImageException(source, "is no disk of the host and no file");
    }
    String text = FIRST_LINE + absolute + "\n";
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length % 512 == 0) {
      bytes = (text + "\n").getBytes(StandardCharsets.UTF_8);
    }
    byte[] content = bytes;
    VhdMaker.make(file, made -> made.bytes().write(0, ByteBuffer.wrap(content)));
  }

  /** What {@code file} stands for, if it is a linked disk. */
  static Optional<Path> source(ImageBytes file, long size) throws IOException {
    if (size % 512 == 0 || size > LONGEST) {
      return Optional.empty();
    }
    String text = new String(file.read(0, (int) size), StandardCharsets.UTF_8);
    if (!text.startsWith(FIRST_LINE)) {
      return Optional.empty();
    }
    try {
      Path source = Path.of(text.substring(FIRST_LINE.length()).strip());
      if (!source.isAbsolute() || !isDisk(source)) {
        throw new ImageException(file.path(), "stands for %s, which is no disk".formatted(source));
      }
      return Optional.of(source);
    } catch (InvalidPathException e) {
      throw new ImageException(file.path(), "stands for a path that cannot be: " + e.getReason());
    }
  }

  private static boolean isDisk(Path path) throws IOException {
    return Files.isRegularFile(path) || isBlockDevice(path);
  }

  private static boolean isBlockDevice(Path path) throws IOException {
    // Bits of st_mode: S_IFMT and S_IFBLK.
    return Files.exists(path)
        && path.getFileSystem().supportedFileAttributeViews().contains("unix")
        && ((int) Files.getAttribute(path, "unix:mode") & 0xF000) == 0x6000;
  }

  /** Whether the host has the disk or one of its partitions mounted. */
  static boolean mounted(Path disk) throws IOException {
    if (!Files.isReadable(MOUNTS)) {
      return false;
    }
    String name = disk.toRealPath().toString();
    List<String> mounts = Files.readAllLines(MOUNTS, StandardCharsets.UTF_8);
    for (String mount : mounts) {
      Path device = Path.of(mount.split(" ", 2)[0].replace("\\040", " "));
      if (device.isAbsolute() && Files.exists(device)) {
        String mounted = device.toRealPath().toString();
        if (mounted.equals(name) || mounted.matches("\\Q" + name + "\\Ep?[0-9]+")) {
          return true;
        }
      }
    }
    return false;
  }
}
