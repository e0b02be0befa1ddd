package troupe.engine.vm;

import java.util.Optional;
import troupe.devices.display.Frame;
import troupe.devices.display.TextScreen;

/**
 * What a PC showed at one moment.
 *
 * @param text empty in graphics modes
 */
public record Screen(Frame frame, Optional<TextScreen> text) {}
