package troupe.cli.script;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import troupe.engine.input.KeyStroke;
import troupe.engine.vm.DriveSlot;
import troupe.engine.vm.MouseButton;

/** One line of a script. */
public sealed interface Step {
  /** Waits until the guest has sent {@code text} through COM1 since the last such wait ended. */
  record WaitSerial(String text, Duration longest) implements Step {}

  /** Waits until {@code text} stands in a line of the screen, in a text mode. */
  record WaitScreen(String text, Duration longest) implements Step {}

  record SendSerial(byte[] bytes) implements Step {}

  record Type(List<KeyStroke> strokes) implements Step {}

  /** To the right and downwards. */
  record MoveMouse(int dx, int dy) implements Step {}

  record Click(MouseButton button) implements Step {}

  record Sleep(Duration duration) implements Step {}

  record Screenshot(Path file) implements Step {}

  record Insert(DriveSlot slot, Path file) implements Step {}

  record Eject(DriveSlot slot) implements Step {}

  record Reset() implements Step {}

  record PowerButton() implements Step {}

  record Quit() implements Step {}
}
