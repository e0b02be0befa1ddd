package troupe.processor;

/** A board without interrupts and firmware; the time-stamp counter counts its readings. */
public class TestSurroundings implements Surroundings {
  private long time;

  @Override
  public int acknowledgeInterrupt() {
    throw new AssertionError("no interrupt was requested");
  }

  @Override
  public long timeStamp() {
    return time++;
  }

  @Override
  public void floatingPointError(boolean asserted) {}

  @Override
  public void tripleFault() {}

  @Override
  public boolean firmwareCall(Processor processor, int number) {
    return false;
  }
}
