package troupe.diskio.bytes;

import java.io.IOException;

/** An endpoint that is not understood or cannot be opened. The message is one line. */
public final class EndpointException extends IOException {
  private static final long serialVersionUID = 1L;

  EndpointException(String endpoint, String reason) {
    super(endpoint + ": " + reason);
  }

  EndpointException(String endpoint, IOException cause) {
    super(endpoint + ": " + reasonOf(cause), cause);
  }

  static String reasonOf(IOException e) {
    String reason =
        switch (e) {
          case java.nio.file.NoSuchFileException n -> "no such folder";
          case java.nio.file.AccessDeniedException a -> "no permission";
          case java.nio.file.FileSystemException f when f.getReason() != null -> f.getReason();
          case java.net.UnknownHostException u -> "unknown host";
          default -> e.getMessage();
        };
    return reason == null ? e.getClass().getSimpleName() : reason.lines().findFirst().orElse("");
  }
}
