package troupe.diskio;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What the C library can do with a file and Java cannot: tell where it has no data and reads as
 * zeros (lseek(2) with SEEK_DATA and SEEK_HOLE), give it room (fallocate(2)), tell the blocks that
 * it has (statx(2)), and read only what the host has in memory (preadv2(2) with RWF_NOWAIT). On
 * hosts other than Linux there is none. Not for use by two threads at once.
 *
 * <p>Closing it drops the file locks of the process, as closing any descriptor of the file does.
 */
final class NativeFile implements AutoCloseable {
  private static final int SEEK_DATA = 3;
  private static final int SEEK_HOLE = 4;
  private static final int ENXIO = 6;
  private static final int ENOSPC = 28;
  private static final int O_RDONLY_CLOEXEC = 0x80000;
  private static final int O_RDWR_CLOEXEC = 0x80002;
  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int STATX_BLOCKS = 0x400;
  private static final long STATX_BYTES = 256;
  private static final long STX_BLOCKS = 48;
  private static final int STX_BLOCK_BYTES = 512;

  private static final int RWF_NOWAIT = 8;

  /** Most bytes that are read at once: what a command of an ATA disk usually moves. */
  private static final int BUFFER = 128 << 10;

  /** struct iovec: an address and a length. */
  private static final long IOVEC_BYTES = 16;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final long ERRNO =
      STATE.byteOffset(StructLayout.PathElement.groupElement("errno"));

  /** Is set up with the first file. */
  private static final class Library {
    /**
     * Calls any function of the C library that takes up to five integers or addresses, and returns
     * one: {@code long call(MemorySegment function, MemorySegment state, long, long, long, long,
     * long)}. A handle takes as long to make as copying 20 MB, so there is one for all: the calling
     * conventions of Linux pass each in a register of its own, whatever its width, and functions
     * ignore what they do not take. Of an {@code int} that is returned the upper half is undefined.
     */
    private static final MethodHandle CALL =
        LINKER.downcallHandle(
            FunctionDescriptor.of(
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG),
            Linker.Option.captureCallState("errno"));

    private static final MemorySegment OPEN = function("open");
    private static final MemorySegment CLOSE = function("close");
    private static final MemorySegment LSEEK = function("lseek64");
    private static final MemorySegment FALLOCATE = function("fallocate");
    private static final MemorySegment PREADV2 = function("preadv2");
    private static final MemorySegment STATX = function("statx");

    private static MemorySegment function(String name) {
      return LINKER.defaultLookup().find(name).orElseThrow();
    }
  }

  private static long call(
      MemorySegment function, MemorySegment state, long a, long b, long c, long d, long e) {
    try {
      return (long) Library.CALL.invokeExact(function, state, a, b, c, d, e);
    } catch (Throwable impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private final int descriptor;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment state = arena.allocate(STATE);
  private MemorySegment buffer;
  private MemorySegment vector;

  private NativeFile(int descriptor) {
    this.descriptor = descriptor;
  }

  /** Sets up what the first file would wait for. */
  static void prepare() {
    open(Path.of("/")).ifPresent(NativeFile::close);
  }

  /** The holes of {@code file}, if this host tells them. */
  static Optional<NativeFile> open(Path file) {
    return open(file, O_RDONLY_CLOEXEC);
  }

  /** As {@link #open(Path)}, of a file that can be given room too. */
  static Optional<NativeFile> openWritable(Path file) {
    return open(file, O_RDWR_CLOEXEC);
  }

  private static Optional<NativeFile> open(Path file, int flags) {
    if (!System.getProperty("os.name").equals("Linux")) {
      return Optional.empty();
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocateFrom(file.toString());
      int descriptor =
          (int) call(Library.OPEN, arena.allocate(STATE), name.address(), flags, 0, 0, 0);
      return descriptor < 0 ? Optional.empty() : Optional.of(new NativeFile(descriptor));
    } catch (LinkageError | RuntimeException e) {
      return Optional.empty();
    }
  }

  /** The first byte of data from {@code position}; {@link Long#MAX_VALUE} if there is none. */
  long nextData(long position) throws IOException {
    return seek(position, SEEK_DATA);
  }

  /** The first byte of a hole from {@code position}, which the end of the file is one of. */
  long nextHole(long position) throws IOException {
    return seek(position, SEEK_HOLE);
  }

  private long seek(long position, int whence) throws IOException {
    long found = call(Library.LSEEK, state, descriptor, position, whence, 0, 0);
    if (found >= 0) {
      return found;
    }
    if (state.get(ValueLayout.JAVA_INT, ERRNO) == ENXIO) {
      return Long.MAX_VALUE;
    }
    // A file system that does not know its holes has data everywhere.
    return whence == SEEK_DATA ? position : Long.MAX_VALUE;
  }

  /**
   * Gives the file room for {@code size} bytes, which read as zeros where nothing was; whether its
   * file system can.
   *
   * @throws IOException if there is no room
   */
  boolean allocate(long size) throws IOException {
    int result = (int) call(Library.FALLOCATE, state, descriptor, 0, 0, size, 0);
    if (result != 0 && state.get(ValueLayout.JAVA_INT, ERRNO) == ENOSPC) {
      throw new IOException("No space left on device");
    }
    return result == 0;
  }

  /** Makes what {@link #readCached} needs. */
  void prepareCachedReads() {
    if (buffer == null) {
      buffer = arena.allocate(BUFFER);
      vector = arena.allocate(IOVEC_BYTES, Long.BYTES);
      vector.set(ValueLayout.ADDRESS, 0, buffer);
      read(0, 0);
    }
  }

  /**
   * Reads what the host has in memory, without waiting for its disk; whether it had all of it. If
   * not, what is in {@code target} is undefined.
   */
  boolean readCached(long position, byte[] target, int offset, int length) {
    for (int done = 0; done < length; ) {
      int part = Math.min(BUFFER, length - done);
      if (read(position + done, part) != part) {
        return false;
      }
      MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, target, offset + done, part);
      done += part;
    }
    return true;
  }

  /** Bytes read into the buffer, negative if none because of an error. */
  private long read(long position, int length) {
    vector.set(ValueLayout.JAVA_LONG, Long.BYTES, length);
    return call(Library.PREADV2, state, descriptor, vector.address(), 1, position, RWF_NOWAIT);
  }

  /** Bytes that the file has on its volume, with those that it has room for; empty if unknown. */
  OptionalLong bytesOnVolume() {
    try (Arena once = Arena.ofConfined()) {
      MemorySegment found = once.allocate(STATX_BYTES, Long.BYTES);
      MemorySegment name = once.allocateFrom("");
      int result =
          (int)
              call(
                  Library.STATX,
                  state,
                  descriptor,
                  name.address(),
                  AT_EMPTY_PATH,
                  STATX_BLOCKS,
                  found.address());
      boolean known = result == 0 && (found.get(ValueLayout.JAVA_INT, 0) & STATX_BLOCKS) != 0;
      return known
          ? OptionalLong.of(found.get(ValueLayout.JAVA_LONG, STX_BLOCKS) * STX_BLOCK_BYTES)
          : OptionalLong.empty();
    }
  }

  @Override
  public void close() {
    call(Library.CLOSE, state, descriptor, 0, 0, 0, 0);
    arena.close();
  }
}
