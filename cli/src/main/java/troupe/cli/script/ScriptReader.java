package troupe.cli.script;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import troupe.engine.channel.Reasons;
import troupe.engine.configuration.FileCheck;
import troupe.engine.input.KeyStroke;
import troupe.engine.vm.DriveSlot;
import troupe.engine.vm.MouseButton;

/**
 * Reads scripts. A wait without a duration waits for {@link #DEFAULT_WAIT}; a duration is a number
 * and one of ms, s and m.
 */
public final class ScriptReader {
  static final Duration DEFAULT_WAIT = Duration.ofSeconds(60);

  private static final Pattern DURATION = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,3})?)(ms|s|m)");

  private ScriptReader() {}

  /**
   * Reads a file; {@code cd} names this drive in it.
   *
   * @throws IOException with one line that names the file
   */
  public static Script read(Path file, DriveSlot cd) throws IOException, BadScriptException {
    var problem = FileCheck.problem(file);
    if (problem.isPresent()) {
      throw new IOException(problem.get());
    }
    try {
      return parse(file.toString(), Files.readString(file, StandardCharsets.UTF_8), cd);
    } catch (CharacterCodingException e) {
      throw new IOException(file + ": is not text in UTF-8", e);
    } catch (IOException e) {
      throw new IOException(file + ": " + Reasons.of(e), e);
    }
  }

  static Script parse(String name, String text, DriveSlot cd) throws BadScriptException {
    List<Script.Line> steps = new ArrayList<>();
    int number = 0;
    for (String line : text.split("\n", -1)) {
      number++;
      try {
        List<String> words = Words.of(line);
        if (!words.isEmpty()) {
          steps.add(new Script.Line(number, line.strip(), step(new Arguments(words), cd)));
        }
      } catch (IllegalArgumentException e) {
        throw new BadScriptException(name, number, e.getMessage());
      }
    }
    return new Script(name, steps);
  }

  private static Step step(Arguments words, DriveSlot cd) {
    String verb = words.next("a step");
    Step step =
        switch (verb) {
          case "wait-serial" -> new Step.WaitSerial(words.text(), words.durationOr(DEFAULT_WAIT));
          case "wait-screen" -> new Step.WaitScreen(words.text(), words.durationOr(DEFAULT_WAIT));
          case "send-serial" -> new Step.SendSerial(bytes(words.next("a text")));
          case "type" -> new Step.Type(KeyStroke.typing(words.next("a text")));
          case "press" -> new Step.Type(List.of(KeyStroke.parse(words.next("keys"))));
          case "mouse" -> new Step.MoveMouse(words.number(), words.number());
          case "click" -> new Step.Click(button(words.next("a button")));
          case "sleep" -> new Step.Sleep(duration(words.next("a duration")));
          case "screenshot" -> new Step.Screenshot(Path.of(words.next("a file")));
          case "insert" ->
              new Step.Insert(slot(words.next("a drive"), cd), Path.of(words.next("a file")));
          case "eject" -> new Step.Eject(slot(words.next("a drive"), cd));
          case "reset" -> new Step.Reset();
          case "power-button" -> new Step.PowerButton();
          case "quit" -> new Step.Quit();
          default -> throw new IllegalArgumentException("there is no step " + verb);
        };
    words.end(verb);
    return step;
  }

  /** The words of a line, taken one by one. */
  private static final class Arguments {
    private final List<String> words;
    private int taken;

    Arguments(List<String> words) {
      this.words = words;
    }

    String next(String what) {
      if (taken == words.size()) {
        throw new IllegalArgumentException(words.getFirst() + " needs " + what);
      }
      return words.get(taken++);
    }

    /** Bytes of the text, each a character: what serial ports carry. */
    String text() {
      String text = next("a text");
      if (text.isEmpty()) {
        throw new IllegalArgumentException(words.getFirst() + " needs a text that is not empty");
      }
      return text;
    }

    Duration durationOr(Duration otherwise) {
      return taken == words.size() ? otherwise : duration(next("a duration"));
    }

    int number() {
      String word = next("two numbers");
      try {
        return Integer.parseInt(word);
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("\"%s\" is not a whole number".formatted(word), e);
      }
    }

    void end(String verb) {
      if (taken < words.size()) {
        throw new IllegalArgumentException(
            "%s takes nothing more than that: \"%s\"".formatted(verb, words.get(taken)));
      }
    }
  }

  static byte[] bytes(String text) {
    return text.chars().allMatch(c -> c <= 0xFF)
        ? text.getBytes(StandardCharsets.ISO_8859_1)
        : text.getBytes(StandardCharsets.UTF_8);
  }

  private static Duration duration(String word) {
    Matcher matcher = DURATION.matcher(word);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "\"%s\" is not a duration such as 60s, 500ms or 2m".formatted(word));
    }
    double unit =
        switch (matcher.group(2)) {
          case "ms" -> 1;
          case "s" -> 1_000;
          default -> 60_000;
        };
    return Duration.ofMillis(Math.round(Double.parseDouble(matcher.group(1)) * unit));
  }

  private static MouseButton button(String word) {
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "left" -> MouseButton.LEFT;
      case "right" -> MouseButton.RIGHT;
      case "middle" -> MouseButton.MIDDLE;
      default ->
          throw new IllegalArgumentException(
              "\"%s\" is none of left, right and middle".formatted(word));
    };
  }

  private static DriveSlot slot(String word, DriveSlot cd) {
    return word.equals("cdrom") || word.equals("cd")
        ? cd
        : DriveSlot.byLabel(word)
            .orElseThrow(
                () -> new IllegalArgumentException("there is no drive \"%s\"".formatted(word)));
  }
}
