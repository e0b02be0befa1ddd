package troupe.engine.saved;

import io.airlift.compress.MalformedInputException;
import io.airlift.compress.lz4.Lz4Compressor;
import io.airlift.compress.lz4.Lz4Decompressor;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import troupe.devices.state.BadStateException;
import troupe.devices.state.StateCodec;
import troupe.processor.memory.GuestPage;

/**
 * The file of a saved state. All numbers are big-endian.
 *
 * <pre>
 * 8 bytes  "TROUPEST"
 * int      version of the format, {@value #VERSION}
 * int, n   length and bytes of the header, a record as StateCodec writes it
 * int      length of the machine, a record likewise
 * int, n   length and bytes of it, compressed as one LZ4 block
 * RAM, any number of times: int count of pages, 1 to 64; as many ints, their numbers, rising;
 *          int, n length and bytes of the pages, one after another, compressed as one LZ4 block
 * int      0, the end of RAM
 * int      CRC-32C of all before
 * </pre>
 *
 * <p>Records are written with the names of their fields, so that a field may be added without a new
 * version. Pages that are not there are all zero.
 */
public final class SavedStateFile {
  /** The format that is written. All up to this one are read. */
  public static final int VERSION = 1;

  private static final long MAGIC = 0x54_52_4F_55_50_45_53_54L;
  private static final int PAGES_AT_ONCE = 64;
  private static final int GREATEST_HEADER = 1 << 20;
  private static final int GREATEST_MACHINE = 1 << 28;
  private static final int BUFFER = 1 << 16;

  private SavedStateFile() {}

  /**
   * Writes a state so that there is always a whole one, the old or the new, under the name of
   * {@code file}.
   */
  public static void write(Path file, SavedState state) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    Path unfinished = file.resolveSibling(file.getFileName() + ".unfinished");
    try {
      Files.createDirectories(directory);
      try (FileChannel channel =
          FileChannel.open(
              unfinished,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        DataOutputStream out =
            new DataOutputStream(
                new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER));
        write(out, state);
        out.flush();
        channel.force(true);
      }
      Files.move(
          unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      try (FileChannel entries = FileChannel.open(directory)) {
        entries.force(true);
      }
    } catch (IOException e) {
      IOException problem = new IOException(file + ": cannot be written: " + e.getMessage(), e);
      try {
        Files.deleteIfExists(unfinished);
      } catch (IOException left) {
        problem.addSuppressed(left);
      }
      throw problem;
    }
  }

  private static void write(DataOutputStream target, SavedState state) throws IOException {
    CheckedOutputStream checked = new CheckedOutputStream(target, new CRC32C());
    DataOutputStream out = new DataOutputStream(checked);
    out.writeLong(MAGIC);
    out.writeInt(VERSION);
    writeBytes(out, StateCodec.encode(state.header()));
    writeMachine(out, state.machine());
    writeRam(out, state.ram());
    out.writeInt(0);
    out.flush();
    target.writeInt((int) checked.getChecksum().getValue());
  }

  private static void writeBytes(DataOutputStream out, byte[] bytes) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static void writeMachine(DataOutputStream out, byte[] machine) throws IOException {
    Lz4Compressor compressor = new Lz4Compressor();
    byte[] compressed = new byte[compressor.maxCompressedLength(machine.length)];
    int length = compressor.compress(machine, 0, machine.length, compressed, 0, compressed.length);
    out.writeInt(machine.length);
    out.writeInt(length);
    out.write(compressed, 0, length);
  }

  private static void writeRam(DataOutputStream out, byte[][] ram) throws IOException {
    Lz4Compressor compressor = new Lz4Compressor();
    byte[] pages = new byte[PAGES_AT_ONCE * SavedState.PAGE];
    int[] numbers = new int[PAGES_AT_ONCE];
    byte[] compressed = new byte[compressor.maxCompressedLength(pages.length)];
    byte[] zero = new byte[SavedState.PAGE];
    int count = 0;
    for (int page = 0; page <= ram.length; page++) {
      boolean end = page == ram.length;
      if (!end
          && ram[page] != null
          && !Arrays.equals(ram[page], 0, SavedState.PAGE, zero, 0, SavedState.PAGE)) {
        System.arraycopy(ram[page], 0, pages, count * SavedState.PAGE, SavedState.PAGE);
        numbers[count++] = page;
      }
      if (count == PAGES_AT_ONCE || end && count > 0) {
        out.writeInt(count);
        for (int i = 0; i < count; i++) {
          out.writeInt(numbers[i]);
        }
        int length =
            compressor.compress(
                pages, 0, count * SavedState.PAGE, compressed, 0, compressed.length);
        out.writeInt(length);
        out.write(compressed, 0, length);
        count = 0;
      }
    }
  }

  /** What is saved in a file, without the PC itself. */
  public static SavedState.Header readHeader(Path file) throws IOException {
    try (DataInputStream in = open(file)) {
      return readHeader(file, in);
    } catch (EOFException e) {
      throw bad(file, "ends too early");
    }
  }

  /**
   * Reads a state. The file is not trusted.
   *
   * @throws IOException with one line that names the file and what is wrong with it
   */
  public static SavedState read(Path file) throws IOException {
    CheckedInputStream checked =
        new CheckedInputStream(new BufferedInputStream(stream(file), BUFFER), new CRC32C());
    try (DataInputStream in = new DataInputStream(checked)) {
      SavedState.Header header = readHeader(file, in);
      byte[] machine = readMachine(file, in);
      byte[][] ram = readRam(file, in, header.ramPages());
      int sum = (int) checked.getChecksum().getValue();
      if (in.readInt() != sum) {
        throw bad(file, "is damaged: its checksum is wrong");
      }
      if (in.read() >= 0) {
        throw bad(file, "has more in it than a saved state");
      }
      return new SavedState(header, machine, ram);
    } catch (EOFException e) {
      throw bad(file, "ends too early");
    }
  }

  private static java.io.InputStream stream(Path file) throws IOException {
    try {
      return Files.newInputStream(file);
    } catch (IOException e) {
      throw bad(file, "cannot be read: " + e.getClass().getSimpleName());
    }
  }

  private static DataInputStream open(Path file) throws IOException {
    return new DataInputStream(new BufferedInputStream(stream(file)));
  }

  private static SavedState.Header readHeader(Path file, DataInputStream in) throws IOException {
    if (in.readLong() != MAGIC) {
      throw bad(file, "is no saved state of Troupe");
    }
    int version = in.readInt();
    if (version < 1 || version > VERSION) {
      throw bad(
          file,
          "is a saved state of format %d; formats 1 to %d are known".formatted(version, VERSION));
    }
    byte[] bytes = readBytes(file, in, GREATEST_HEADER);
    try {
      SavedState.Header header = StateCodec.decode(SavedState.Header.class, bytes);
      if (header.vm() == null || header.ramPages() < 1 || header.ramPages() > 1 << 20) {
        throw bad(file, "has a header without sense");
      }
      for (Medium medium : header.media()) {
        if (medium.slot() == null || medium.file() == null) {
          throw bad(file, "has a header without sense");
        }
      }
      return header;
    } catch (BadStateException e) {
      throw bad(file, "has a bad header: " + e.getMessage());
    }
  }

  private static byte[] readMachine(Path file, DataInputStream in) throws IOException {
    int length = in.readInt();
    byte[] compressed = readBytes(file, in, GREATEST_MACHINE);
    if (length < 0 || length > GREATEST_MACHINE || length > 256L * compressed.length) {
      throw bad(file, "has a machine of %d bytes in %d".formatted(length, compressed.length));
    }
    byte[] machine = new byte[length];
    try {
      if (new Lz4Decompressor().decompress(compressed, 0, compressed.length, machine, 0, length)
          != length) {
        throw bad(file, "is damaged: the machine is too short");
      }
    } catch (MalformedInputException e) {
      throw bad(file, "is damaged: " + e.getMessage());
    }
    return machine;
  }

  private static byte[] readBytes(Path file, DataInputStream in, int most) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > most) {
      throw bad(file, "has a part of %d bytes".formatted(length));
    }
    // Grows with what is there: a length in a damaged file must not cost memory.
    byte[] bytes = in.readNBytes(length);
    if (bytes.length != length) {
      throw new EOFException();
    }
    return bytes;
  }

  private static byte[][] readRam(Path file, DataInputStream in, int ramPages) throws IOException {
    Lz4Decompressor decompressor = new Lz4Decompressor();
    byte[][] ram = new byte[ramPages][];
    byte[] pages = new byte[PAGES_AT_ONCE * SavedState.PAGE];
    int most = new Lz4Compressor().maxCompressedLength(pages.length);
    int last = -1;
    int[] numbers = new int[PAGES_AT_ONCE];
    for (int count = in.readInt(); count != 0; count = in.readInt()) {
      if (count < 0 || count > PAGES_AT_ONCE) {
        throw bad(file, "has %d pages at once".formatted(count));
      }
      for (int i = 0; i < count; i++) {
        numbers[i] = in.readInt();
        if (numbers[i] <= last || numbers[i] >= ramPages) {
          throw bad(file, "has a page %d after %d of %d".formatted(numbers[i], last, ramPages));
        }
        last = numbers[i];
      }
      byte[] compressed = readBytes(file, in, most);
      int length;
      try {
        length = decompressor.decompress(compressed, 0, compressed.length, pages, 0, pages.length);
      } catch (MalformedInputException e) {
        throw bad(file, "is damaged: " + e.getMessage());
      }
      if (length != count * SavedState.PAGE) {
        throw bad(file, "has pages of %d bytes".formatted(length));
      }
      for (int i = 0; i < count; i++) {
        byte[] page = GuestPage.make();
        System.arraycopy(pages, i * SavedState.PAGE, page, 0, SavedState.PAGE);
        ram[numbers[i]] = page;
      }
    }
    return ram;
  }

  private static IOException bad(Path file, String reason) {
    return new IOException(file + ": " + reason);
  }
}
