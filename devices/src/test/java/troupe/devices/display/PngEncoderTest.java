package troupe.devices.display;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class PngEncoderTest {
  @Test
  void anotherDecoderReadsTheSamePixels() throws IOException {
    int width = 37;
    int height = 11;
    int[] pixels = new Random(5).ints(width * height, 0, 0x100_0000).toArray();
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    PngEncoder.write(new Frame(width, height, pixels), png);
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(png.toByteArray()));
    assertEquals(width, image.getWidth());
    assertEquals(height, image.getHeight());
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        assertEquals(pixels[y * width + x], image.getRGB(x, y) & 0xFF_FFFF);
      }
    }
  }
}
