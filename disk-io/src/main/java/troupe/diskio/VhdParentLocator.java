package troupe.diskio;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * One of the eight entries of a differencing disk that say where its parent is. [VHD 1.0] "Parent
 * Locator Entries".
 *
 * @param platformCode how the name is written; 0 when the entry is not used
 * @param dataSpace bytes set aside for the name (the specification says sectors, but what writes
 *     these files writes bytes)
 * @param dataLength bytes of the name
 * @param dataOffset byte of the file where the name is
 */
record VhdParentLocator(int platformCode, int dataSpace, int dataLength, long dataOffset) {
  static final int BYTES = 24;
  static final int NONE = 0;

  /** "W2ru", a path relative to the child, UTF-16 little-endian with backslashes. */
  static final int RELATIVE = 0x5732_7275;

  /** "W2ku", an absolute path, likewise. */
  static final int ABSOLUTE = 0x5732_6B75;

  /** "MacX", a file URL in UTF-8. */
  static final int FILE_URL = 0x4D61_6358;

  static final VhdParentLocator UNUSED = new VhdParentLocator(NONE, 0, 0, 0);

  /** Longest name that is read: hostile files must not make us allocate more. */
  private static final int MOST_BYTES = 1 << 16;

  static VhdParentLocator read(ByteBuffer b) {
    int code = b.getInt();
    int space = b.getInt();
    int length = b.getInt();
    int _ = b.getInt();
    return new VhdParentLocator(code, space, length, b.getLong());
  }

  void put(ByteBuffer b) {
    b.putInt(platformCode).putInt(dataSpace).putInt(dataLength).putInt(0).putLong(dataOffset);
  }

  /** The path as the host writes it, or empty if this entry has none that can be read. */
  Optional<String> path(ImageBytes file, long fileSize) throws IOException {
    if (platformCode != RELATIVE && platformCode != ABSOLUTE && platformCode != FILE_URL) {
      return Optional.empty();
    }
    if (dataLength <= 0
        || dataLength > MOST_BYTES
        || dataOffset < 0
        || dataOffset > fileSize - dataLength) {
      return Optional.empty();
    }
    String text = new String(file.read(dataOffset, dataLength), charset());
    int end = text.indexOf('\0');
    if (end >= 0) {
      text = text.substring(0, end);
    }
    return platformCode == FILE_URL
        ? ofUrl(text)
        : Optional.of(text.replace('\\', '/')).filter(t -> !t.isBlank());
  }

  private static Optional<String> ofUrl(String url) {
    try {
      return Optional.ofNullable(URI.create(url).getPath());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private Charset charset() {
    return platformCode == FILE_URL ? StandardCharsets.UTF_8 : StandardCharsets.UTF_16LE;
  }

  /** The bytes of {@code path} as an entry with {@code platformCode} has them. */
  static byte[] encode(int platformCode, String path) {
    return platformCode == FILE_URL
        ? path.getBytes(StandardCharsets.UTF_8)
        : path.replace('/', '\\').getBytes(StandardCharsets.UTF_16LE);
  }
}
