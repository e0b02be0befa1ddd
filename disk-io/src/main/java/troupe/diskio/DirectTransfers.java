package troupe.diskio;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;

/**
 * Transfers of a file past the host's cache, which the host does in whole blocks of its file system
 * only (O_DIRECT). Not for use by two threads at once.
 */
final class DirectTransfers {
  private static final int BUFFER = 256 << 10;

  private final FileChannel channel;
  private final int block;
  private final ByteBuffer buffer;

  /**
   * Opens {@code path} once more.
   *
   * @throws IOException if the file system cannot
   */
  DirectTransfers(Path path, boolean writable) throws IOException {
    block = Math.toIntExact(Files.getFileStore(path).getBlockSize());
    if (Integer.bitCount(block) != 1 || block > BUFFER) {
      throw new IOException("blocks of " + block + " bytes");
    }
    buffer = ByteBuffer.allocateDirect(BUFFER + block).alignedSlice(block).limit(BUFFER).slice();
    Set<OpenOption> options = new HashSet<>();
    options.add(StandardOpenOption.READ);
    options.add(ExtendedOpenOption.DIRECT);
    if (writable) {
      options.add(StandardOpenOption.WRITE);
    }
    try {
      channel = FileChannel.open(path, options);
    } catch (UnsupportedOperationException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** The first byte from {@code position} at which a block begins. */
  long firstBlock(long position) {
    return (position + block - 1) & -block;
  }

  /** The end of the last block that ends at {@code end} or before. */
  long lastBlock(long end) {
    return end & -block;
  }

  /** Reads whole blocks. */
  void read(long position, byte[] target, int offset, int length) throws IOException {
    for (int done = 0; done < length; ) {
      int part = Math.min(BUFFER, length - done);
      buffer.clear().limit(part);
      if (channel.read(buffer, position + done) < part) {
        throw new IOException("the file ends at byte " + (position + done + buffer.position()));
      }
      buffer.flip().get(target, offset + done, part);
      done += part;
    }
  }

  /** Writes whole blocks. */
  void write(long position, byte[] source, int offset, int length) throws IOException {
    for (int done = 0; done < length; ) {
      int part = Math.min(BUFFER, length - done);
      buffer.clear().put(source, offset + done, part).flip();
      // In whole blocks, however many the host takes at once.
      for (int at = 0; at < part; at += channel.write(buffer, position + done + at)) {}
      done += part;
    }
  }

  void close() throws IOException {
    channel.close();
  }
}
