package troupe.conformance.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import troupe.diskio.ParentSearch;
import troupe.diskio.VhdMaker;

/**
 * The guest of writer.asm, which writes numbered records to a dynamic and to a differencing VHD,
 * nearly all into blocks that are new, and has each flushed. It needs no operating system.
 */
final class WriterGuest {
  private static final long BYTES = 8L << 30;
  private static final int SECTOR = 512;
  private static final int RECORD = 8 * SECTOR;
  private static final String FLOPPY = "writer.img";

  private final Path folder;
  private final Path dynamic;
  private final Path differencing;

  /**
   * Makes the disks, empty.
   *
   * @param folder that the process runs in
   * @param disks where the disks are
   */
  WriterGuest(Path folder, Path disks) throws IOException {
    this.folder = folder;
    dynamic = disks.resolve("dynamic.vhd");
    differencing = disks.resolve("differencing.vhd");
    VhdMaker.dynamic(dynamic, BYTES);
    VhdMaker.dynamic(disks.resolve("parent.vhd"), BYTES);
    VhdMaker.differencing(differencing, disks.resolve("parent.vhd"), ParentSearch.BESIDE_CHILD);
    Files.copy(Path.of(InstalledSystem.GUESTS.file("programs", FLOPPY)), folder.resolve(FLOPPY));
  }

  TroupeProcess run(String... options) throws IOException {
    List<String> words = new ArrayList<>(List.of("--memory", "16", "--boot", "a", "--fda", FLOPPY));
    words.addAll(List.of("--hda", dynamic.toString(), "--hdb", differencing.toString()));
    words.addAll(List.of(options));
    return TroupeProcess.run(folder, words.toArray(String[]::new));
  }

  /**
   * @param host settings of the host, in HOCON
   */
  TroupeProcess serve(String host) throws IOException {
    return TroupeProcess.serve(
        folder,
        host,
        """
        memory = 16 MiB
        boot = [floppy], floppy { a = "%s" }
        ide { 0-0 { disk = "%s" }, 0-1 { disk = "%s" } }
        on-host-start = always
        """
            .formatted(FLOPPY, dynamic, differencing));
  }

  /** The last record that it has called acknowledged. */
  int acknowledged() throws IOException {
    return KilledDisks.acknowledged(TroupeProcess.serial(folder), 16);
  }

  List<Path> disks() {
    return List.of(dynamic, differencing);
  }

  /** Undamaged disks, with all records that were acknowledged. */
  void check() throws Exception {
    check(acknowledged());
  }

  void check(int last) throws Exception {
    check(dynamic, last);
    check(differencing, last);
  }

  /** The first byte of a record on the disk, as in writer.asm. */
  private static long position(int number) {
    return (((number * 7919) & 16383) * 1024L + 1) * SECTOR;
  }

  /** Each place has the last record that was acknowledged there, or a later one, whole. */
  private void check(Path disk, int acknowledged) throws Exception {
    HostCommand.troupe(folder, "disk", "check", disk).hasStatus(0).says("no damage");
    Path raw = folder.resolve("disk.raw");
    Files.deleteIfExists(raw);
    if (disk.equals(dynamic)) {
      HostCommand.run(folder, "qemu-img", "convert", "-f", "vpc", "-O", "raw", disk, raw)
          .hasStatus(0);
    } else {
      HostCommand.troupe(folder, "disk", "convert", disk, raw, "--type", "raw").hasStatus(0);
    }
    Map<Long, Integer> wanted = new HashMap<>();
    for (int number = 1; number <= acknowledged; number++) {
      wanted.put(position(number), number);
    }
    try (RandomAccessFile image = new RandomAccessFile(raw.toFile(), "r")) {
      for (Map.Entry<Long, Integer> place : wanted.entrySet()) {
        check(disk, image, place.getKey(), place.getValue());
      }
    }
    Files.delete(raw);
  }

  private static void check(Path disk, RandomAccessFile image, long position, int number)
      throws IOException {
    byte[] bytes = new byte[RECORD];
    image.seek(position);
    image.readFully(bytes);
    ByteBuffer record = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int found = record.getInt(0);
    assertTrue(
        found >= number && position(found) == position,
        () -> "%s: record %d is lost; there is %d".formatted(disk, number, found));
    for (int i = 0; i < RECORD / 4; i++) {
      assertEquals(found + i, record.getInt(4 * i), disk + ": record " + found + " is torn");
    }
  }
}
