package troupe.diskio;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
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
  private static final VarHandle ERRNO =
      STATE.varHandle(StructLayout.PathElement.groupElement("errno"));

  private static MethodHandle handle(
      String name, FunctionDescriptor descriptor, Linker.Option... options) {
    SymbolLookup lookup = LINKER.defaultLookup();
    return LINKER.downcallHandle(lookup.find(name).orElseThrow(), descriptor, options);
  }

  // A class for each of the C library's functions: making a handle takes as long as copying 20 MB.

  private static final class Open {
    private static final MethodHandle HANDLE =
        handle(
            "open",
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
            Linker.Option.firstVariadicArg(2));
  }

  private static final class Close {
    private static final MethodHandle HANDLE =
        handle("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
  }

  private static final class Seek {
    private static final MethodHandle HANDLE =
        handle(
            "lseek64",
            FunctionDescriptor.of(
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_INT),
            Linker.Option.captureCallState("errno"));
  }

  private static final class Allocate {
    private static final MethodHandle HANDLE =
        handle(
            "fallocate",
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG),
            Linker.Option.captureCallState("errno"));
  }

  private static final class ReadVector {
    private static final MethodHandle HANDLE =
        handle(
            "preadv2",
            FunctionDescriptor.of(
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_INT));
  }

  private static final class Statx {
    private static final MethodHandle HANDLE =
        handle(
            "statx",
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS));
  }

  private final int descriptor;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment state = arena.allocate(STATE);
  private MemorySegment buffer;
  private MemorySegment vector;

  private NativeFile(int descriptor) {
    this.descriptor = descriptor;
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
      int descriptor = (int) Open.HANDLE.invokeExact(arena.allocateFrom(file.toString()), flags);
      return descriptor < 0 ? Optional.empty() : Optional.of(new NativeFile(descriptor));
    } catch (Throwable e) {
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
    long found;
    try {
      found = (long) Seek.HANDLE.invokeExact(state, descriptor, position, whence);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
    if (found >= 0) {
      return found;
    }
    if ((int) ERRNO.get(state, 0L) == ENXIO) {
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
    int result;
    try {
      result = (int) Allocate.HANDLE.invokeExact(state, descriptor, 0, 0L, size);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
    if (result != 0 && (int) ERRNO.get(state, 0L) == ENOSPC) {
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
    try {
      return (long) ReadVector.HANDLE.invokeExact(descriptor, vector, 1, position, RWF_NOWAIT);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** Bytes that the file has on its volume, with those that it has room for; empty if unknown. */
  OptionalLong bytesOnVolume() {
    try (Arena once = Arena.ofConfined()) {
      MemorySegment found = once.allocate(STATX_BYTES, Long.BYTES);
      int result =
          (int)
              Statx.HANDLE.invokeExact(
                  descriptor, once.allocateFrom(""), AT_EMPTY_PATH, STATX_BLOCKS, found);
      boolean known = result == 0 && (found.get(ValueLayout.JAVA_INT, 0) & STATX_BLOCKS) != 0;
      return known
          ? OptionalLong.of(found.get(ValueLayout.JAVA_LONG, STX_BLOCKS) * STX_BLOCK_BYTES)
          : OptionalLong.empty();
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    try {
      int _ = (int) Close.HANDLE.invokeExact(descriptor);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    } finally {
      arena.close();
    }
  }
}
