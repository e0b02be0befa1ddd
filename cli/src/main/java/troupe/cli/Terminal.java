package troupe.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import troupe.engine.channel.Line;

/**
 * Standard input and output as a serial line. If input is a terminal, it is switched to pass every
 * key through at once, and back at the end; {@link #QUIT} is kept for ourselves.
 */
final class Terminal implements AutoCloseable {
  /** Ctrl-]: ends the run, on a terminal only. */
  static final int QUIT = 0x1D;

  private final Runnable quit;
  private Optional<String> settings;

  private Terminal(Optional<String> settings, Runnable quit) {
    this.settings = settings;
    this.quit = quit;
  }

  /**
   * @param used whether a guest has the terminal; it is left alone if not
   * @param quit run when the user types {@link #QUIT}
   */
  static Terminal open(boolean used, Runnable quit) {
    Optional<String> settings = used ? stty("-g") : Optional.empty();
    if (settings.isPresent()) {
      stty("raw", "-echo");
    }
    return new Terminal(settings, quit);
  }

  /** As {@link #open}, but Ctrl-C still interrupts the process. */
  static Terminal openInterruptible() {
    Optional<String> settings = stty("-g");
    if (settings.isPresent()) {
      stty("-icanon", "-echo");
    }
    return new Terminal(settings, () -> {});
  }

  Line line() {
    return new StdioLine();
  }

  /** Writes a line to standard error, on a line of its own whatever the terminal is set to. */
  synchronized void say(String line) {
    System.err.print(settings.isPresent() ? "\r\n" + line + "\r\n" : line + "\n");
  }

  /** Gives the terminal back to the shell as it was. */
  synchronized void restore() {
    settings.ifPresent(Terminal::stty);
    settings = Optional.empty();
  }

  @Override
  public void close() {
    restore();
  }

  /** What stty printed; empty if standard input is no terminal. */
  private static Optional<String> stty(String... arguments) {
    String[] command = new String[arguments.length + 1];
    command[0] = "stty";
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectInput(ProcessBuilder.Redirect.INHERIT)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String output = new String(process.getInputStream().readAllBytes()).strip();
      return process.waitFor(2, TimeUnit.SECONDS) && process.exitValue() == 0
          ? Optional.of(output)
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private final class StdioLine implements Line {
    private final InputStream in = new FileInputStream(FileDescriptor.in);
    private final OutputStream out = new FileOutputStream(FileDescriptor.out);
    private final boolean interactive = settings.isPresent();

    @Override
    public int read(byte[] target) throws IOException {
      int count = in.read(target);
      if (interactive) {
        for (int i = 0; i < count; i++) {
          if (target[i] == QUIT) {
            quit.run();
            return -1;
          }
        }
      }
      return count;
    }

    @Override
    public void write(byte[] bytes) throws IOException {
      out.write(bytes);
    }

    /** Whoever reads the output through a pipe, a page at a time, shall see the end of it. */
    @Override
    public Duration patience() {
      return Duration.ofSeconds(10);
    }

    @Override
    public void close() {
      // The process' own streams stay open.
    }
  }
}
