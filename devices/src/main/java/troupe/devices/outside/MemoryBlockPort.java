package troupe.devices.outside;

/** A disk held in an array, for tests and RAM disks. Completes every transfer at once. */
public final class MemoryBlockPort implements BlockPort {
  private final byte[] content;
  private final int sectorSize;
  private final boolean readOnly;

  public MemoryBlockPort(byte[] content, int sectorSize, boolean readOnly) {
    this.content = content;
    this.sectorSize = sectorSize;
    this.readOnly = readOnly;
  }

  @Override
  public int sectorSize() {
    return sectorSize;
  }

  @Override
  public long sectors() {
    return content.length / sectorSize;
  }

  @Override
  public boolean readOnly() {
    return readOnly;
  }

  @Override
  public void read(long sector, int count, byte[] target, int offset, Completion completion) {
    if (outside(sector, count)) {
      completion.done(Result.OUT_OF_RANGE);
      return;
    }
    System.arraycopy(content, (int) (sector * sectorSize), target, offset, count * sectorSize);
    completion.done(Result.OK);
  }

  @Override
  public void write(long sector, int count, byte[] source, int offset, Completion completion) {
    if (readOnly) {
      completion.done(Result.WRITE_PROTECTED);
    } else if (outside(sector, count)) {
      completion.done(Result.OUT_OF_RANGE);
    } else {
      System.arraycopy(source, offset, content, (int) (sector * sectorSize), count * sectorSize);
      completion.done(Result.OK);
    }
  }

  @Override
  public void flush(Completion completion) {
    completion.done(Result.OK);
  }

  private boolean outside(long sector, int count) {
    return sector < 0 || count < 0 || sector > sectors() - count;
  }
}
