package troupe.conformance.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;

/**
 * One {@code troupe run} as a process of its own, in a folder of its own ({@code
 * target/runs/NAME}), with what it left there: the transcript of COM1, its messages, screenshots.
 */
public final class TroupeRun {
  /**
   * Exit status of a run whose guest powered off, reset under --no-reboot, or whose script quit.
   */
  public static final int ENDED = 0;

  public static final int USAGE = 1;
  static final int WAIT_TIMED_OUT = 3;
  static final int GUEST_FAILED = 4;
  static final int TIME_IS_UP = 5;

  /** How the guest's code is executed. */
  enum Engine {
    /** What is hot is translated; {@code -Dtroupe.engine=interpreter} asks for another one. */
    USUAL,
    /** Everything is translated before it runs. */
    TRANSLATOR
  }

  private static final String USUAL = System.getProperty("troupe.engine");

  /** Translating all code takes this many times as long. */
  private static final int TRANSLATION = 5;

  private static final Pattern WAITS = Pattern.compile("(?m)^(wait-.* )(\\d+)s$");

  private static final String SERIAL = "serial.txt";
  private static final int SPARE_SECONDS = 60;
  private final Engine engine;
  private final Path folder;
  private final List<String> command = new ArrayList<>();
  private int maxSeconds;
  private int status;
  private String messages = "";

  public TroupeRun(String name) throws IOException {
    this(Engine.USUAL, name);
  }

  TroupeRun(Engine engine, String name) throws IOException {
    this.engine = engine;
    folder =
        Files.createDirectories(
            Guests.MODULE.resolve("target/runs").resolve(prefix(engine) + name));
    try (var old = Files.newDirectoryStream(folder)) {
      for (Path file : old) {
        Files.delete(file);
      }
    }
    command.add(Guests.ROOT.resolve("troupe").toString());
    command.add("run");
    if (engine == Engine.TRANSLATOR) {
      with("--engine", "translator");
    } else if (USUAL != null) {
      with("--engine", USUAL);
    }
  }

  private static String prefix(Engine engine) {
    return engine == Engine.TRANSLATOR ? "translated-" : "";
  }

  /** The folder that the run works in. */
  public Path folder() {
    return folder;
  }

  public TroupeRun with(String... options) {
    command.addAll(List.of(options));
    return this;
  }

  /** COM1 goes to the transcript. */
  public TroupeRun transcript() {
    return with("--serial", "file:" + SERIAL);
  }

  /** A script of {@code conformance/scripts}; what it waits for may take as long as the run. */
  public TroupeRun script(String name) throws IOException {
    Path script = Guests.MODULE.resolve("scripts").resolve(name + ".troupe");
    if (engine == Engine.TRANSLATOR) {
      String text =
          WAITS
              .matcher(Files.readString(script))
              .replaceAll(
                  line -> line.group(1) + TRANSLATION * Integer.parseInt(line.group(2)) + "s");
      script = Files.writeString(folder.resolve("script.troupe"), text);
    }
    return with("--script", script.toString());
  }

  /** Runs to the end, at most {@code seconds} of the run itself, more if all code is translated. */
  public TroupeRun within(int seconds) throws IOException, InterruptedException {
    return exactly(engine == Engine.TRANSLATOR ? TRANSLATION * seconds : seconds);
  }

  /** The same if it takes as long in either engine. */
  TroupeRun exactly(int seconds) throws IOException, InterruptedException {
    maxSeconds = seconds;
    with("--max-seconds", Integer.toString(seconds));
    return run();
  }

  private TroupeRun run() throws IOException, InterruptedException {
    Path log = folder.resolve("messages.txt");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    boolean ended = process.waitFor(maxSeconds + SPARE_SECONDS, TimeUnit.SECONDS);
    if (!ended) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    messages = Files.readString(log);
    assertTrue(ended, () -> "still running after its --max-seconds: " + command + report());
    status = process.exitValue();
    return this;
  }

  public String messages() {
    return messages;
  }

  /** What the guest wrote to COM1. */
  public String serial() throws IOException {
    Path file = folder.resolve(SERIAL);
    return Files.exists(file)
        ? new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)
        : "";
  }

  public TroupeRun hasStatus(int expected) {
    assertEquals(expected, status, () -> command + report());
    assertFalse(messages.contains("\tat "), () -> "a stack trace: " + report());
    return this;
  }

  public TroupeRun saysOnSerial(String... texts) throws IOException {
    String transcript = serial();
    for (String text : texts) {
      assertTrue(
          transcript.contains(text), () -> "no \"" + text + "\" in the transcript" + report());
    }
    return this;
  }

  /** A screenshot of the run has several colours and lit pixels in at least {@code rows} rows. */
  public TroupeRun shows(String screenshot, int rows) throws IOException {
    Path file = folder.resolve(screenshot);
    assertTrue(Files.exists(file), () -> "no " + file + report());
    BufferedImage image = ImageIO.read(file.toFile());
    assertTrue(image.getWidth() >= 320 && image.getHeight() >= 200, "size of " + screenshot);
    int background = image.getRGB(image.getWidth() - 1, image.getHeight() - 1);
    int lit = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        if (image.getRGB(x, y) != background) {
          lit++;
          break;
        }
      }
    }
    int found = lit;
    assertTrue(lit >= rows, () -> screenshot + " has something in " + found + " rows only");
    return this;
  }

  private String report() {
    try {
      String transcript = serial();
      return "\n--- messages\n"
          + messages
          + "\n--- end of COM1\n"
          + transcript.substring(Math.max(0, transcript.length() - 2000));
    } catch (IOException e) {
      return "\n" + messages + "\n(" + e + ")";
    }
  }
}
