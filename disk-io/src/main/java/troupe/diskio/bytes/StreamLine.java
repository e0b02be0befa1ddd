package troupe.diskio.bytes;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;

/**
 * The standard streams. At the end of input the line stays, for the output still has its reader.
 * Closing leaves the streams open.
 */
final class StreamLine implements ByteLine {
  private final InputStream input;
  private final OutputStream output;
  private final CountDownLatch closed = new CountDownLatch(1);

  StreamLine(InputStream input, OutputStream output) {
    this.input = input;
    this.output = output;
  }

  @Override
  public int read(byte[] target) throws IOException {
    int count = input.read(target);
    if (count < 0) {
      try {
        closed.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return count;
  }

  @Override
  public void write(byte[] source) throws IOException {
    output.write(source);
    output.flush();
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
