package troupe.diskio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** The bytes of an open image file: whole positional transfers, and the lock that goes with it. */
final class ImageBytes {
  private final Path path;
  private final FileChannel channel;
  private final ImageLock lock;
  private boolean open = true;

  ImageBytes(Path path, FileChannel channel, ImageLock lock) {
    this.path = path;
    this.channel = channel;
    this.lock = lock;
  }

  Path path() {
    return path;
  }

  long size() throws IOException {
    return channel.size();
  }

  void read(long position, byte[] target, int offset, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(target, offset, length);
    while (buffer.hasRemaining()) {
      long at = position + buffer.position() - offset;
      if (channel.read(buffer, at) < 0) {
        throw new ImageException(path, "byte " + at, "the file ends here");
      }
    }
  }

  byte[] read(long position, int length) throws IOException {
    byte[] bytes = new byte[length];
    read(position, bytes, 0, length);
    return bytes;
  }

  void write(long position, byte[] source, int offset, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(source, offset, length);
    while (buffer.hasRemaining()) {
      channel.write(buffer, position + buffer.position() - offset);
    }
  }

  /** Returns when all that was written is on stable storage. */
  void force() throws IOException {
    channel.force(false);
  }

  void close() throws IOException {
    if (open) {
      open = false;
      lock.release(channel);
    }
  }
}
