package troupe.engine.channel;

import java.io.IOException;
import java.time.Duration;

/**
 * The host's end of a serial or parallel line. Calls block; one thread reads and one writes, and
 * {@link #close} from a third makes both return.
 */
public interface Line extends AutoCloseable {
  /**
   * Waits for bytes from outside.
   *
   * @return how many were put into {@code target}, at least one; -1 if there will be no more
   */
  int read(byte[] target) throws IOException;

  /** Sends all bytes, waiting until the other side has taken them. */
  void write(byte[] bytes) throws IOException;

  /** How long the other side may take nothing before a line that is to be closed is cut off. */
  default Duration patience() {
    return Duration.ofMillis(500);
  }

  @Override
  void close() throws IOException;
}
