package troupe.diskio.bytes;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;

/** A line on which nothing ever arrives. Owns its stream. */
final class OneWayLine implements ByteLine {
  private final OutputStream output;
  private final CountDownLatch closed = new CountDownLatch(1);

  OneWayLine(OutputStream output) {
    this.output = output;
  }

  @Override
  public int read(byte[] target) throws IOException {
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return -1;
  }

  @Override
  public void write(byte[] source) throws IOException {
    output.write(source);
    output.flush();
  }

  @Override
  public void close() throws IOException {
    closed.countDown();
    output.close();
  }
}
