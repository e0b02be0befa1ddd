package troupe.devices.display;

import java.util.Arrays;

/**
 * A picture of a screen.
 *
 * @param width pixels of a line
 * @param height lines
 * @param pixels width*height values 00RRGGBBh, from the top left, line by line; owned by the frame
 */
public record Frame(int width, int height, int[] pixels) {
  public Frame {
    if (width <= 0 || height <= 0 || pixels.length != width * height) {
      throw new IllegalArgumentException(
          "%d pixels are not a frame of %dx%d".formatted(pixels.length, width, height));
    }
  }

  /** A frame of one colour. */
  public static Frame of(int width, int height, int colour) {
    int[] pixels = new int[width * height];
    Arrays.fill(pixels, colour);
    return new Frame(width, height, pixels);
  }

  /** The colour at column {@code x} of line {@code y}. */
  public int pixel(int x, int y) {
    return pixels[y * width + x];
  }
}
