package troupe.diskio.bytes;

import java.io.IOException;

/** An endpoint that is open: connected, or waiting for somebody to connect. */
public abstract class OpenEndpoint implements AutoCloseable {
  private final String description;

  OpenEndpoint(String description) {
    this.description = description;
  }

  /** What it is, in the form of {@link ByteEndpoint#parse}, with the port actually used. */
  public String description() {
    return description;
  }

  /** Blocks until there is a new line; null when there will be none. */
  abstract ByteLine next() throws IOException;

  @Override
  public abstract void close() throws IOException;

  /** One that has one line, and no other after it. */
  static OpenEndpoint single(String description, ByteLine line) {
    return new OpenEndpoint(description) {
      private boolean given;

      @Override
      ByteLine next() {
        ByteLine next = given ? null : line;
        given = true;
        return next;
      }

      @Override
      public void close() throws IOException {
        line.close();
      }
    };
  }
}
