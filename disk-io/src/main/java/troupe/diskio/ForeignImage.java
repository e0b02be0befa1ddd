package troupe.diskio;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Images of other products, which qemu-img turns into raw ones where the host has it. */
final class ForeignImage {
  private static final int LONGEST_SIGNATURE = 68;

  /** Formats that are known, under qemu-img's names. */
  private enum Format {
    QCOW2("qcow2", 0, "QFI\u00FB"),
    VMDK("vmdk", 0, "KDMV"),
    VMDK_TEXT("vmdk", 0, "# Disk DescriptorFile"),
    VHDX("vhdx", 0, "vhdxfile"),
    VDI("vdi", 64, "\u007F\u0010\u00DA\u00BE");

    private final String label;
    private final int offset;
    private final String signature;

    Format(String label, int offset, String signature) {
      this.label = label;
      this.offset = offset;
      this.signature = signature;
    }

    private boolean is(String start) {
      return start.startsWith(signature, offset);
    }
  }

  private ForeignImage() {}

  /** The format of a hard disk that is no raw image, by its content and its name. */
  static Optional<String> format(ImageBytes file) throws IOException {
    String name = file.path().getFileName().toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".img") || name.endsWith(".raw")) {
      // Under a name that says raw, these are the bytes of a disk, whatever its guest has written.
      return Optional.empty();
    }
    byte[] start = file.read(0, (int) Math.min(LONGEST_SIGNATURE, file.size()));
    String text = new String(start, StandardCharsets.ISO_8859_1);
    return Stream.of(Format.values()).filter(f -> f.is(text)).findFirst().map(f -> f.label);
  }

  /**
   * Makes the raw image {@code raw} of {@code file}.
   *
   * @throws ImageException if there is no qemu-img, or it cannot do it
   */
  static void toRaw(Path file, String format, Path raw, DiskJob job) throws IOException {
    Path tool =
        tool()
            .orElseThrow(
                () ->
                    new ImageException(
                        file,
                        "is a %s image, which only qemu-img can read, and there is none (package qemu-utils)"
                            .formatted(format)));
    Process process =
        new ProcessBuilder(
                tool.toString(),
                "convert",
                "-p",
                "-f",
                format,
                "-O",
                "raw",
                file.toAbsolutePath().toString(),
                raw.toAbsolutePath().toString())
            .redirectErrorStream(true)
            .start();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      String last = progress(out, job);
      if (process.waitFor() != 0) {
        throw new ImageException(file, last.isBlank() ? "qemu-img failed" : last);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DiskJob.Cancelled();
    } finally {
      process.destroy();
    }
  }

  /** Follows lines such as {@code (12.34/100%)}; the last text that is none. */
  private static String progress(BufferedReader out, DiskJob job) throws IOException {
    String last = "";
    StringBuilder line = new StringBuilder();
    for (int c = out.read(); c >= 0; c = out.read()) {
      if (c != '\r' && c != '\n') {
        line.append((char) c);
        continue;
      }
      String text = line.toString().strip();
      line.setLength(0);
      int slash = text.indexOf("/100%");
      if (text.startsWith("(") && slash > 0) {
        job.done(Math.round(Double.parseDouble(text.substring(1, slash)) * 100), 10_000);
      } else if (!text.isEmpty()) {
        last = text;
      }
    }
    return line.isEmpty() ? last : line.toString().strip();
  }

  private static Optional<Path> tool() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, "qemu-img"))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
