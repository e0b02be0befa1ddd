package troupe.processor;

/** An I/O space in which nothing answers; tests override what they look at. */
public class TestBus implements IoBus {
  @Override
  public int read8(int port) {
    return 0xFF;
  }

  @Override
  public int read16(int port) {
    return 0xFFFF;
  }

  @Override
  public int read32(int port) {
    return -1;
  }

  @Override
  public void write8(int port, int value) {}

  @Override
  public void write16(int port, int value) {}

  @Override
  public void write32(int port, int value) {}
}
