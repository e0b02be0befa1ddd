package troupe.devices.ide;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import troupe.devices.outside.BlockPort;

/** A port that completes nothing until told, as a slow disk of the host. */
final class HeldBlockPort implements BlockPort {
  final List<String> calls = new ArrayList<>();
  final Queue<Runnable> held = new ArrayDeque<>();
  private final BlockPort inner;
  Result result = Result.OK;

  HeldBlockPort(BlockPort inner) {
    this.inner = inner;
  }

  /** Completes the oldest transfer. */
  void release() {
    held.remove().run();
  }

  @Override
  public int sectorSize() {
    return inner.sectorSize();
  }

  @Override
  public long sectors() {
    return inner.sectors();
  }

  @Override
  public boolean readOnly() {
    return inner.readOnly();
  }

  @Override
  public void read(long sector, int count, byte[] target, int offset, Completion completion) {
    calls.add("read " + sector + " " + count);
    held.add(
        () -> {
          if (result == Result.OK) {
            inner.read(sector, count, target, offset, completion);
          } else {
            completion.done(result);
          }
        });
  }

  @Override
  public void write(long sector, int count, byte[] source, int offset, Completion completion) {
    calls.add("write " + sector + " " + count);
    held.add(
        () -> {
          if (result == Result.OK) {
            inner.write(sector, count, source, offset, completion);
          } else {
            completion.done(result);
          }
        });
  }

  @Override
  public void flush(Completion completion) {
    calls.add("flush");
    held.add(() -> completion.done(result));
  }
}
