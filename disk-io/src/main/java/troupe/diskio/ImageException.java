package troupe.diskio;

import java.io.IOException;
import java.nio.file.Path;

/** An image that cannot be used. The message is one line: file, place in it, reason. */
public final class ImageException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String reason;

  public ImageException(Path file, String reason) {
    super(file + ": " + reason);
    this.reason = reason;
  }

  /**
   * @param place what is wrong in the file, such as "footer at byte 512"
   */
  public ImageException(Path file, String place, String reason) {
    super(file + ": " + place + ": " + reason);
    this.reason = reason;
  }

  private ImageException(String message, IOException cause) {
    super(message, cause);
    reason = message;
  }

  /** What is wrong, without the file and the place. */
  String reason() {
    return reason;
  }

  /** {@code cause} as an error of {@code file}; itself if it is one already. */
  public static ImageException of(Path file, IOException cause) {
    return cause instanceof ImageException already
        ? already
        : new ImageException(file + ": " + reasonOf(cause), cause);
  }

  static String reasonOf(IOException e) {
    String reason =
        e instanceof java.nio.file.FileSystemException f && f.getReason() != null
            ? f.getReason()
            : e.getMessage();
    return reason == null ? e.getClass().getSimpleName() : reason.lines().findFirst().orElse("");
  }
}
