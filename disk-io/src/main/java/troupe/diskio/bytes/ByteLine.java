package troupe.diskio.bytes;

import java.io.IOException;

/** One connection. One thread may read while another writes; closing ends both. */
interface ByteLine extends AutoCloseable {
  /** Blocks until there is something; -1 when the connection has ended. */
  int read(byte[] target) throws IOException;

  /** Blocks until all is written. */
  void write(byte[] source) throws IOException;

  @Override
  void close() throws IOException;
}
