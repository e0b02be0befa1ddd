package troupe.engine.vm;

import java.awt.image.BufferedImage;
import java.util.List;

/**
 * What a PC showed at one moment.
 *
 * @param text lines of a text mode, without trailing blanks; empty in graphics modes
 */
public record Screen(BufferedImage image, List<String> text) {}
