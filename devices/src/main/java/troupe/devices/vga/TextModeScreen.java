package troupe.devices.vga;

import java.util.ArrayList;
import java.util.List;
import troupe.devices.display.CodePage437;
import troupe.devices.display.TextScreen;

/** Reads the characters of a text mode out of video memory, in the order they are displayed. */
final class TextModeScreen {
  private TextModeScreen() {}

  static TextScreen read(CrtController crtc, byte[] memory) {
    int columns = crtc.displayedCharacters();
    int linesPerRow = crtc.rowsPerCharacter() * (crtc.doubleScan() ? 2 : 1);
    int rows = Math.max(1, crtc.displayedLines() / linesPerRow);
    List<String> lines = new ArrayList<>(rows);
    int cursorColumn = -1;
    int cursorRow = -1;
    for (int row = 0; row < rows; row++) {
      StringBuilder line = new StringBuilder(columns);
      for (int column = 0; column < columns; column++) {
        int counter = crtc.startAddress() + row * crtc.pitch() + column & 0xFFFF;
        line.append(CodePage437.character(memory[crtc.planeAddress(counter, 0) << 2] & 0xFF));
        if (crtc.cursorShown() && counter == crtc.cursorLocation()) {
          cursorColumn = column;
          cursorRow = row;
        }
      }
      lines.add(line.toString());
    }
    return new TextScreen(columns, lines, cursorColumn, cursorRow);
  }
}
