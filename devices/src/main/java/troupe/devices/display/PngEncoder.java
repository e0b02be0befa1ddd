package troupe.devices.display;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;

/** Writes a {@link Frame} as a PNG of 8-bit RGB, one IDAT chunk, no filter ([PNG] 5, 9, 11). */
public final class PngEncoder {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  private static final int BIT_DEPTH = 8;
  private static final int COLOUR_TYPE_RGB = 2;
  private static final byte FILTER_NONE = 0;

  private PngEncoder() {}

  /** Writes {@code frame} to {@code out}, which stays open. */
  public static void write(Frame frame, OutputStream out) throws IOException {
    out.write(SIGNATURE);
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    DataOutputStream fields = new DataOutputStream(header);
    fields.writeInt(frame.width());
    fields.writeInt(frame.height());
    fields.write(new byte[] {BIT_DEPTH, COLOUR_TYPE_RGB, 0, 0, 0});
    chunk("IHDR", header.toByteArray(), out);
    chunk("IDAT", compressed(frame), out);
    chunk("IEND", new byte[0], out);
  }

  private static byte[] compressed(Frame frame) throws IOException {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(data)) {
      byte[] line = new byte[1 + 3 * frame.width()];
      line[0] = FILTER_NONE;
      for (int y = 0; y < frame.height(); y++) {
        for (int x = 0; x < frame.width(); x++) {
          int colour = frame.pixel(x, y);
          line[3 * x + 1] = (byte) (colour >> 16);
          line[3 * x + 2] = (byte) (colour >> 8);
          line[3 * x + 3] = (byte) colour;
        }
        deflater.write(line);
      }
    }
    return data.toByteArray();
  }

  private static void chunk(String type, byte[] data, OutputStream out) throws IOException {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 crc = new CRC32();
    crc.update(name);
    crc.update(data);
    DataOutputStream fields = new DataOutputStream(out);
    fields.writeInt(data.length);
    fields.write(name);
    fields.write(data);
    fields.writeInt((int) crc.getValue());
    fields.flush();
  }
}
