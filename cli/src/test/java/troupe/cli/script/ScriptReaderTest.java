package troupe.cli.script;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import troupe.engine.input.KeyStroke;
import troupe.engine.vm.DriveSlot;
import troupe.engine.vm.MouseButton;

class ScriptReaderTest {
  private static List<Step> steps(String text) throws BadScriptException {
    return ScriptReader.parse("test.script", text, DriveSlot.HDC).lines().stream()
        .map(Script.Line::step)
        .toList();
  }

  @Test
  void everyStepIsRead() throws Exception {
    List<Step> steps =
        steps(
            """
            # boots and logs in
            wait-serial "login:" 60s
            wait-screen "A:\\>" 1.5s   # a prompt

            press ctrl-alt-delete
            mouse 10 -5
            click left
            sleep 200ms
            screenshot out.png
            insert fda disk.img
            insert cdrom disc.iso
            eject fdb
            reset
            power-button
            quit
            """);
    assertEquals(
        List.of(
            new Step.WaitSerial("login:", Duration.ofSeconds(60)),
            new Step.WaitScreen("A:\\>", Duration.ofMillis(1500)),
            new Step.Type(List.of(KeyStroke.parse("ctrl-alt-delete"))),
            new Step.MoveMouse(10, -5),
            new Step.Click(MouseButton.LEFT),
            new Step.Sleep(Duration.ofMillis(200)),
            new Step.Screenshot(Path.of("out.png")),
            new Step.Insert(DriveSlot.FDA, Path.of("disk.img")),
            new Step.Insert(DriveSlot.HDC, Path.of("disc.iso")),
            new Step.Eject(DriveSlot.FDB),
            new Step.Reset(),
            new Step.PowerButton(),
            new Step.Quit()),
        steps);
  }

  @Test
  void textsHaveEscapes() throws Exception {
    Step.SendSerial send =
        assertInstanceOf(
            Step.SendSerial.class, steps("send-serial \"a\\n\\r\\t\\e\\x7f\\\\\\\"\"").getFirst());
    assertArrayEquals(new byte[] {'a', '\n', '\r', '\t', 27, 0x7F, '\\', '"'}, send.bytes());
    Step.Type type = assertInstanceOf(Step.Type.class, steps("type \"dir\\n\"").getFirst());
    assertEquals(4, type.strokes().size());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      textBlock =
          """
          jump                    | there is no step jump
          wait-serial             | wait-serial needs a text
          wait-serial ""          | wait-serial needs a text that is not empty
          wait-serial "x" soon    | "soon" is not a duration such as 60s, 500ms or 2m
          wait-serial "x" 60      | "60" is not a duration such as 60s, 500ms or 2m
          wait-serial "x          | the closing quote is missing
          wait-serial "x"y        | a blank must follow the closing quote
          send-serial "\\xZ1"      | two hexadecimal digits must follow \\x
          press ctrl-hyper        | there is no key "hyper"
          mouse 10                | mouse needs two numbers
          mouse ten 5             | "ten" is not a whole number
          click both              | "both" is none of left, right and middle
          eject hde               | there is no drive "hde"
          quit now                | quit takes nothing more than that: "now"
          """)
  void whatIsWrongIsSaidWithItsLine(String line, String reason) {
    String message =
        assertThrows(BadScriptException.class, () -> steps("sleep 1s\n" + line)).getMessage();
    assertTrue(message.startsWith("test.script:2: "), message);
    assertTrue(message.contains(reason), message);
  }
}
