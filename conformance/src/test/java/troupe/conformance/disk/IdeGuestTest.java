package troupe.conformance.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import troupe.conformance.guest.TroupeRun;
import troupe.diskio.DiskImage;
import troupe.diskio.DiskJob;
import troupe.diskio.ImageFile;
import troupe.diskio.ImageUse;
import troupe.diskio.ParentSearch;
import troupe.diskio.VhdMaker;

/**
 * Four IDE devices, three disks and a CD, one disk larger than 28-bit addresses reach: as the BIOS
 * serves them, and as Linux's drivers and tools find them, by DMA and by PIO.
 */
@Tag("guest")
class IdeGuestTest {
  private static final long LARGE_BYTES = 200L << 30;
  private static final long SMALL_BYTES = 1L << 30;
  private static final long DVD_BYTES = 5L << 30;
  private static final int SECTOR = 512;

  private static Path raw(Path file, long bytes) throws IOException {
    try (RandomAccessFile image = new RandomAccessFile(file.toFile(), "rw")) {
      image.setLength(bytes);
    }
    return file;
  }

  private static byte[] sector(Path disk, long number) throws IOException {
    byte[] sector = new byte[SECTOR];
    try (DiskImage image = ImageFile.open(disk, ImageUse.HARD_DISK, ImageFile.Access.READ_ONLY)) {
      image.read(number, 1, sector, 0);
    }
    return sector;
  }

  // ---- BIOS

  private static long said(TroupeRun run, int drive, String name) throws IOException {
    Matcher line =
        Pattern.compile("INT13 %08X %s=(\\w{8})".formatted(drive, name)).matcher(run.serial());
    assertTrue(line.find(), () -> "nothing about " + name + " of drive " + drive);
    return Long.parseLong(line.group(1), 16);
  }

  private static long dword(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII))
        .order(ByteOrder.LITTLE_ENDIAN)
        .getInt();
  }

  /** What int13.asm writes to a sector. */
  private static void wasWritten(Path disk, int drive, long number) throws IOException {
    ByteBuffer found = ByteBuffer.wrap(sector(disk, number)).order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(drive, found.get(0) & 0xFF, disk + ", sector " + number);
    assertEquals(number, found.getLong(4), disk + ", sector " + number);
  }

  /** The guest of int13.asm with three disks, and a DVD in its CD drive. */
  private static TroupeRun int13(String name) throws Exception {
    TroupeRun run = new TroupeRun(name);
    Path small = raw(run.folder().resolve("small.img"), 64 << 20);
    Path large = run.folder().resolve("large.vhd");
    VhdMaker.dynamic(large, LARGE_BYTES);
    Path fixed = run.folder().resolve("fixed.vhd");
    VhdMaker.fixed(fixed, 32 << 20, false, DiskJob.UNWATCHED);
    Path floppy =
        Files.copy(
            Path.of(InstalledSystem.GUESTS.file("programs", "int13.img")),
            run.folder().resolve("int13.img"));
    makeDvd(run.folder().resolve("dvd.iso"));
    Files.copy(
        Path.of(InstalledSystem.GUESTS.file("debian-iso", "debian.iso")),
        run.folder().resolve("other.iso"));
    return run.with("--memory", "32", "--fda", floppy.toString(), "--boot", "a")
        .with("--hda", small.toString(), "--hdb", large.toString(), "--hdc", fixed.toString())
        .with("--cdrom", "dvd.iso")
        .transcript();
  }

  @Test
  void aLockedDriveKeepsItsDisc() throws Exception {
    TroupeRun run = int13("int13-locked");
    Path script =
        Files.writeString(
            run.folder().resolve("eject.troupe"), "wait-serial \"INT13 LOCKED\" 120s\neject cd\n");
    run.with("--script", script.toString()).within(240).hasStatus(TroupeRun.USAGE);
    assertTrue(run.messages().contains("has locked its drive"), run.messages());
  }

  @Test
  void int13OnAllDrives() throws Exception {
    TroupeRun run = int13("int13").script("int13").within(240).hasStatus(TroupeRun.ENDED);
    Path small = run.folder().resolve("small.img");
    Path large = run.folder().resolve("large.vhd");
    Path fixed = run.folder().resolve("fixed.vhd");
    List<Path> disks = List.of(small, large, fixed);
    List<Long> sizes = List.of(64L << 20, LARGE_BYTES, 32L << 20);
    for (int i = 0; i < disks.size(); i++) {
      int drive = 0x80 + i;
      long sectors = sizes.get(i) / SECTOR;
      assertEquals(0xAA55, said(run, drive, "edd"));
      assertEquals(
          sectors, said(run, drive, "sectors_low") | said(run, drive, "sectors_high") << 32);
      for (String written : new String[] {"last", "run", "chs"}) {
        assertEquals(1, said(run, drive, written), written + " of drive " + drive);
      }
      for (String status : new String[] {"chs_write", "verify"}) {
        assertEquals(0, said(run, drive, status), status + " of drive " + drive);
      }
      assertTrue(said(run, drive, "past_end") != 0, "read past the end");
      wasWritten(disks.get(i), drive, sectors - 1);
      wasWritten(disks.get(i), drive, 2048);
      wasWritten(disks.get(i), drive, 2048 + 15);
      wasWritten(
          disks.get(i), drive, (said(run, drive, "heads") + 1) * said(run, drive, "per_track"));
    }
    assertEquals(1, said(run, 0x81, "lba48"));
    wasWritten(large, 0x81, 0x10000005);
    assertEquals(2048, said(run, 0xE0, "sector_bytes"));
    assertEquals(dword("CD00"), said(run, 0xE0, "descriptor"));
    assertEquals(dword("near"), said(run, 0xE0, "far_data"));
    assertEquals(dword("TROU"), said(run, 0xE0, "volume"), "the name of the other disc");
    for (String status : new String[] {"read", "far", "lock", "unlock", "eject", "changed"}) {
      assertEquals(0, said(run, 0xE0, status), status);
    }
    assertEquals(1, said(run, 0xE0, "eject_refused"));
  }

  // ---- Linux

  /** A disc of more than 4 GiB, nearly all of it a hole, as the guest's program expects it. */
  private static void makeDvd(Path file) throws IOException {
    Files.copy(
        Path.of(InstalledSystem.GUESTS.file("packaged", "ipxe.iso")),
        file,
        StandardCopyOption.REPLACE_EXISTING);
    try (RandomAccessFile disc = new RandomAccessFile(raw(file, DVD_BYTES).toFile(), "rw")) {
      disc.seek(DVD_BYTES - 2 * 2048);
      disc.writeBytes("near the end\n");
    }
  }

  private static TroupeRun linux(String name, String append) throws Exception {
    TroupeRun run = new TroupeRun(name);
    Path system = run.folder().resolve("system.vhd");
    VhdMaker.differencing(system, InstalledSystem.disk(), ParentSearch.BESIDE_CHILD);
    Path large = run.folder().resolve("large.vhd");
    VhdMaker.dynamic(large, LARGE_BYTES);
    Path small = raw(run.folder().resolve("small.img"), SMALL_BYTES);
    makeDvd(run.folder().resolve("dvd.iso"));
    Path cd = Path.of(InstalledSystem.GUESTS.file("debian-iso", "debian.iso"));
    run.with("--memory", "128")
        .with("--kernel", InstalledSystem.GUESTS.file("debian", "vmlinuz"))
        .with("--initrd", InstalledSystem.GUESTS.file("debian", "initrd.gz"))
        .with(
            "--append",
            "root=/dev/sda1 init=/usr/local/sbin/ide-check console=ttyS0,115200 " + append)
        .with("--hda", system.toString(), "--hdb", large.toString(), "--hdc", small.toString())
        .with("--cdrom", cd.toString())
        .transcript()
        .script("ide-check")
        .within(3600)
        .hasStatus(TroupeRun.ENDED);
    run.saysOnSerial(
        "IDE sdb sectors " + LARGE_BYTES / SECTOR,
        "IDE sdc sectors " + SMALL_BYTES / SECTOR,
        "IDE cd bytes " + Files.size(cd),
        "IDE cd sum " + md5(Files.readAllBytes(cd)),
        "IDE cd eject 0",
        "IDE cd load 0",
        "IDE cd loaded 0",
        "IDE dvd bytes " + DVD_BYTES,
        "IDE dvd profile 1",
        "IDE dvd near the end",
        "IDE done");
    for (String disk : new String[] {"sda", "sdb", "sdc"}) {
      run.saysOnSerial(
          "IDE " + disk + " lba48 1",
          "IDE " + disk + " flush 1",
          "IDE " + disk + " checksum 1",
          "IDE " + disk + " smart 0 1 6");
    }
    for (String refused : new String[] {"IDE cd eject-locked 0", "IDE cd open 0", "IDE kernel"}) {
      assertTrue(!run.serial().contains(refused), () -> refused + ": " + serial(run));
    }
    for (long sector :
        new long[] {2048, 268_434_431, 268_435_456, 268_437_504, LARGE_BYTES / SECTOR - 2048}) {
      patternIsThere(run, "sdb", large, sector);
    }
    patternIsThere(run, "sdc", small, SMALL_BYTES / SECTOR - 2048);
    return run;
  }

  private static String serial(TroupeRun run) {
    try {
      return run.serial();
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static void patternIsThere(TroupeRun run, String name, Path disk, long sector)
      throws IOException {
    run.saysOnSerial("IDE " + name + " pattern " + sector + "\n");
    String expected = (name + " " + sector + "\n").repeat(SECTOR).substring(0, SECTOR);
    assertEquals(
        expected,
        new String(sector(disk, sector), StandardCharsets.US_ASCII),
        disk + ", sector " + sector);
  }

  private static String md5(byte[] bytes) throws Exception {
    byte[] sum = java.security.MessageDigest.getInstance("MD5").digest(bytes);
    return "%032x".formatted(new BigInteger(1, sum));
  }

  @Test
  @Tag("long")
  void linuxByDma() throws Exception {
    linux("ide-dma", "").saysOnSerial("IDE sdb mode udma2", "IDE modes" + " XFER_UDMA_2".repeat(4));
  }

  @Test
  @Tag("long")
  void linuxByPio() throws Exception {
    linux("ide-pio", "libata.dma=0")
        .saysOnSerial("IDE sdb multiple 16", "IDE modes" + " XFER_PIO_4".repeat(4));
  }
}
