package troupe.diskio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The bytes of an open image file: whole positional transfers, and the lock that goes with it. */
final class ImageBytes {
  /** Most bytes that are read at once into an array, or to be written to another file. */
  private static final int PART = 256 << 10;

  /** Of the host's cache of files. */
  private static final int PAGE = 4096;

  private final Path path;
  private final FileChannel channel;
  private final ImageLock lock;
  private boolean open = true;
  private Optional<NativeFile> nativeFile;
  private Optional<DirectTransfers> direct = Optional.empty();
  private Optional<NativeFile> cachedReads = Optional.empty();

  /** What is read by parts comes by way of this. */
  private ByteBuffer part;

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

  /**
   * Has transfers of {@code byte[]} go past the host's cache from now on, but for what they have of
   * blocks of the file system at their ends.
   *
   * @throws IOException if the file system cannot
   */
  void bypassHostCache(boolean writable) throws IOException {
    direct = Optional.of(new DirectTransfers(path, writable));
  }

  void read(long position, byte[] target, int offset, int length) throws IOException {
    transfer(
        position,
        offset,
        length,
        (at, from, count) -> readParts(at, target, from, count),
        (blocks, at, from, count) -> blocks.read(at, target, from, count));
  }

  /** In parts that are still in the CPU's cache when they are copied once more. */
  private void readParts(long position, byte[] target, int offset, int length) throws IOException {
    for (int done = 0; done < length; done += PART) {
      ByteBuffer part = part(Math.min(PART, length - done));
      read(position + done, part);
      part.flip().get(target, offset + done, part.limit());
    }
  }

  /** Has {@link #readCached} work from now on, where the host can. */
  void prepareCachedReads() {
    if (direct.isEmpty()) {
      cachedReads = nativeFile();
      cachedReads.ifPresent(NativeFile::prepareCachedReads);
    }
  }

  /**
   * Reads what the host has in memory, without waiting for its disk; whether it had all of it. If
   * not, what is in {@code target} is undefined.
   */
  boolean readCached(long position, byte[] target, int offset, int length) {
    return cachedReads.isPresent()
        && cachedReads.get().readCached(position, target, offset, length);
  }

  byte[] read(long position, int length) throws IOException {
    byte[] bytes = new byte[length];
    read(position, bytes, 0, length);
    return bytes;
  }

  void read(long position, ByteBuffer target) throws IOException {
    long at = position;
    while (target.hasRemaining()) {
      int read = channel.read(target, at);
      if (read < 0) {
        throw new ImageException(path, "byte " + at, "the file ends here");
      }
      at += read;
    }
  }

  /**
   * Copies bytes to byte {@code to} of another file without taking them into this process, where
   * the host can do that by whole pages. Not for use by two threads at once.
   */
  void copy(long position, long length, FileChannel target, long to) throws IOException {
    if ((position - to) % PAGE != 0) {
      copyByParts(position, length, target, to);
      return;
    }
    target.position(to);
    for (long done = 0; done < length; ) {
      long part = channel.transferTo(position + done, length - done, target);
      if (part <= 0) {
        throw new ImageException(path, "byte " + (position + done), "the file ends here");
      }
      done += part;
    }
  }

  private ByteBuffer part(int length) {
    if (part == null) {
      part = ByteBuffer.allocateDirect(PART);
    }
    return part.clear().limit(length);
  }

  /** Each part ends where a page of the other file does, so that the host fills each page once. */
  private void copyByParts(long position, long length, FileChannel target, long to)
      throws IOException {
    for (long done = 0; done < length; ) {
      ByteBuffer bytes = part((int) Math.min(length - done, PART - (to + done) % PART));
      read(position + done, bytes);
      bytes.flip();
      while (bytes.hasRemaining()) {
        done += target.write(bytes, to + done);
      }
    }
  }

  /** The first byte from {@code position} that may be other than zero; far past the end if none. */
  long nextData(long position) throws IOException {
    Optional<NativeFile> map = nativeFile();
    return map.isPresent() ? map.get().nextData(position) : position;
  }

  /** Whether {@code length} bytes of the file are in a hole, as far as the host tells. */
  boolean isHole(long position, int length) throws IOException {
    long end = position + length;
    return nextData(position) >= end && end <= size();
  }

  /** The first byte from {@code position} that is in a hole. */
  long nextHole(long position) throws IOException {
    Optional<NativeFile> map = nativeFile();
    return map.isPresent() ? map.get().nextHole(position) : Long.MAX_VALUE;
  }

  /** Bytes that the file takes of its volume, as far as the host tells. */
  long bytesOnVolume() throws IOException {
    long size = size();
    boolean device = !Files.isRegularFile(path);
    return device || nativeFile().isEmpty()
        ? size
        : nativeFile().get().bytesOnVolume().orElse(size);
  }

  private Optional<NativeFile> nativeFile() {
    if (nativeFile == null) {
      nativeFile = NativeFile.open(path);
    }
    return nativeFile;
  }

  /**
   * Has the host find room for {@code size} bytes at once, without writing them; whether it can.
   *
   * @throws IOException if there is no room
   */
  boolean allocate(long size) throws IOException {
    if (nativeFile == null) {
      nativeFile = NativeFile.openWritable(path);
    }
    return nativeFile.isPresent() && nativeFile.get().allocate(size);
  }

  void write(long position, byte[] source, int offset, int length) throws IOException {
    transfer(
        position,
        offset,
        length,
        (at, from, count) -> write(at, ByteBuffer.wrap(source, from, count)),
        (blocks, at, from, count) -> blocks.write(at, source, from, count));
  }

  private interface Cached {
    void transfer(long position, int offset, int length) throws IOException;
  }

  private interface Direct {
    void transfer(DirectTransfers blocks, long position, int offset, int length) throws IOException;
  }

  /** Whole blocks past the host's cache if that is wanted, the rest through it. */
  private void transfer(long position, int offset, int length, Cached cached, Direct past)
      throws IOException {
    if (direct.isEmpty()) {
      cached.transfer(position, offset, length);
      return;
    }
    DirectTransfers blocks = direct.get();
    int first = (int) Math.min(length, blocks.firstBlock(position) - position);
    int last = (int) Math.max(first, blocks.lastBlock(position + length) - position);
    cached.transfer(position, offset, first);
    past.transfer(blocks, position + first, offset + first, last - first);
    cached.transfer(position + last, offset + last, length - last);
  }

  void write(long position, ByteBuffer source) throws IOException {
    long at = position;
    while (source.hasRemaining()) {
      at += channel.write(source, at);
    }
  }

  /** Cuts the file off. */
  void truncate(long size) throws IOException {
    channel.truncate(size);
  }

  /** Returns when all that was written is on stable storage. */
  void force() throws IOException {
    channel.force(false);
  }

  void close() throws IOException {
    if (open) {
      open = false;
      if (nativeFile != null) {
        nativeFile.ifPresent(NativeFile::close);
      }
      if (direct.isPresent()) {
        direct.get().close();
      }
      // Last: closing any channel of a file gives up the host's locks on it.
      lock.release(channel);
    }
  }
}
