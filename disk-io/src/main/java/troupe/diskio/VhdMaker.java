package troupe.diskio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.UUID;

/** Makes new VHD files. A file that is there already is never touched. */
public final class VhdMaker {
  /** Largest disk of the format in its usual blocks. */
  public static final long MOST_BYTES = 2040L << 30;

  private static final int SECTOR = 512;
  private static final int CHUNK = 4 << 20;

  private VhdMaker() {}

  /** Seconds since 2000-01-01 UTC, the time stamp of files that are made now. */
  static int now() {
    return (int) (Instant.now().getEpochSecond() - VhdChain.EPOCH);
  }

  /**
   * A fixed disk of {@code size} bytes, all zeros.
   *
   * @param layOut whether the host is made to find room for all of it now
   * @throws ImageException if it cannot be made
   */
  public static void fixed(Path file, long size, boolean layOut, DiskJob job) throws IOException {
    checkSize(file, size);
    VhdFooter footer = VhdFooter.create(VhdFooter.DiskType.FIXED, size, now());
    make(
        file,
        made -> {
          FileChannel channel = made.channel();
          if (layOut) {
            layOut(made, size, job);
          }
          writeAll(channel, size, ByteBuffer.wrap(footer.toBytes()));
        });
  }

  /** Makes the host find room for {@code size} bytes. */
  static void layOut(NewFile made, long size, DiskJob job) throws IOException {
    if (made.bytes().allocate(size)) {
      job.done(size, size);
      return;
    }
    ByteBuffer zeros = ByteBuffer.allocateDirect(CHUNK);
    for (long at = 0; at < size; at += CHUNK) {
      zeros.clear().limit((int) Math.min(CHUNK, size - at));
      writeAll(made.channel(), at, zeros);
      job.done(at + zeros.limit(), size);
    }
  }

  /**
   * An empty dynamic disk of {@code size} bytes.
   *
   * @throws ImageException if it cannot be made
   */
  public static void dynamic(Path file, long size) throws IOException {
    dynamic(file, size, VhdDynamicHeader.USUAL_BLOCK);
  }

  /**
   * As the other, in blocks of {@code blockBytes}, a power of two.
   *
   * @throws ImageException if it cannot be made
   */
  public static void dynamic(Path file, long size, int blockBytes) throws IOException {
    checkSize(file, size);
    dynamic(file, VhdFooter.create(VhdFooter.DiskType.DYNAMIC, size, now()), blockBytes);
  }

  static void dynamic(Path file, VhdFooter footer, int blockBytes) throws IOException {
    long table = VhdFooter.BYTES + VhdDynamicHeader.BYTES;
    sparse(
        file,
        footer,
        VhdDynamicHeader.ofDynamic(table, blocks(footer.currentSize(), blockBytes), blockBytes),
        List.of());
  }

  /**
   * An empty child of {@code parent}, of its size.
   *
   * @throws ImageException if it cannot be made, or the parent cannot be one
   */
  public static void differencing(Path file, Path parent, ParentSearch search) throws IOException {
    try (DiskImage opened =
        ImageFile.open(parent, ImageUse.HARD_DISK, ImageFile.Access.READ_ONLY, search)) {
      long size = opened.sectors() * SECTOR;
      checkSize(file, size);
      VhdFooter footer = VhdFooter.create(VhdFooter.DiskType.DIFFERENCING, size, now());
      UUID id = VhdChain.uniqueId(opened).orElse(VhdDynamicHeader.NO_PARENT);
      ImageGeometry geometry = opened.geometry().orElse(footer.geometry());
      differencing(
          file,
          footer.withGeometry(geometry),
          VhdDynamicHeader.USUAL_BLOCK,
          parent,
          id,
          VhdChain.timeStamp(parent));
    } catch (IOException e) {
      throw ImageException.of(file, e);
    }
  }

  static void differencing(
      Path file, VhdFooter footer, int blockBytes, Path parent, UUID parentId, int parentTime)
      throws IOException {
    long table = VhdFooter.BYTES + VhdDynamicHeader.BYTES;
    int blocks = blocks(footer.currentSize(), blockBytes);
    long names = table + (4L * blocks + SECTOR - 1) / SECTOR * SECTOR;
    List<byte[]> texts = new ArrayList<>();
    List<VhdParentLocator> locators = locators(file, parent, names, texts);
    sparse(
        file,
        footer,
        new VhdDynamicHeader(
            table,
            blocks,
            blockBytes,
            parentId,
            parentTime,
            String.valueOf(parent.getFileName()),
            locators),
        texts);
  }

  /** Locators for {@code parent} whose names begin at byte {@code at}; adds the names. */
  static List<VhdParentLocator> locators(Path child, Path parent, long at, List<byte[]> names) {
    Path absolute = parent.toAbsolutePath().normalize();
    Path folder = child.toAbsolutePath().normalize().getParent();
    String relative = folder.relativize(absolute).toString();
    List<VhdParentLocator> locators =
        new ArrayList<>(Collections.nCopies(VhdDynamicHeader.LOCATORS, VhdParentLocator.UNUSED));
    record Named(int code, String text) {}
    List<Named> all =
        List.of(
            new Named(VhdParentLocator.RELATIVE, "./" + relative),
            new Named(VhdParentLocator.ABSOLUTE, absolute.toString()),
            new Named(VhdParentLocator.FILE_URL, absolute.toUri().toString()));
    long position = at;
    for (int i = 0; i < all.size(); i++) {
      byte[] text = VhdParentLocator.encode(all.get(i).code, all.get(i).text);
      int space = (text.length + SECTOR - 1) / SECTOR * SECTOR;
      locators.set(i, new VhdParentLocator(all.get(i).code, space, text.length, position));
      names.add(Arrays.copyOf(text, space));
      position += space;
    }
    return List.copyOf(locators);
  }

  private static int blocks(long size, int blockBytes) {
    return Math.toIntExact((size + blockBytes - 1) / blockBytes);
  }

  private static void sparse(
      Path file, VhdFooter footer, VhdDynamicHeader header, List<byte[]> names) throws IOException {
    make(
        file,
        made -> {
          FileChannel channel = made.channel();
          ByteBuffer table = ByteBuffer.allocate((int) header.tableBytes());
          Arrays.fill(table.array(), (byte) -1);
          long at = header.tableOffset();
          writeAll(channel, at, table);
          at += header.tableBytes();
          for (byte[] name : names) {
            writeAll(channel, at, ByteBuffer.wrap(name));
            at += name.length;
          }
          writeAll(channel, at, ByteBuffer.wrap(footer.toBytes()));
          writeAll(channel, footer.dataOffset(), ByteBuffer.wrap(header.toBytes()));
          writeAll(channel, 0, ByteBuffer.wrap(footer.toBytes()));
        });
  }

  static void checkSize(Path file, long size) throws ImageException {
    if (size <= 0 || size % SECTOR != 0 || size > MOST_BYTES) {
      throw new ImageException(
          file, "a disk has a multiple of 512 bytes, up to 2040 GiB, not %d bytes".formatted(size));
    }
  }

  interface Filling {
    void fill(NewFile file) throws IOException;
  }

  /** Makes the file, or leaves none. */
  static void make(Path file, Filling filling) throws IOException {
    if (Files.exists(file)) {
      throw new ImageException(file, "is there already");
    }
    try (NewFile made = new NewFile(file)) {
      filling.fill(made);
      made.complete();
    } catch (FileAlreadyExistsException e) {
      throw new ImageException(file, "is there already");
    } catch (DiskJob.Cancelled e) {
      throw e;
    } catch (IOException e) {
      throw ImageException.of(file, e);
    }
  }

  private static void writeAll(FileChannel channel, long position, ByteBuffer data)
      throws IOException {
    long at = position;
    while (data.hasRemaining()) {
      at += channel.write(data, at);
    }
  }
}
