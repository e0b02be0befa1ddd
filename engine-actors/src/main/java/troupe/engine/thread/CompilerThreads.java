package troupe.engine.thread;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of the JVM's compilers. The JVM can be told their priority when it starts only; but
 * what happens until a guest runs waits for them too.
 *
 * <p>C2, which improves what runs already, gives way to guests. C1 does not: a guest interprets a
 * region until C1 has compiled it, at many times what that takes.
 */
public final class CompilerThreads {
  /** Where Linux shows the threads of this process, a folder for each (proc_pid_task(5)). */
  static final Path TASKS = Path.of("/proc/self/task");

  /** Name of those of C2, of which Linux keeps 15 bytes. */
  private static final String NAME = "C2 CompilerThre";

  /** How nice they are to guests, see setpriority(2). docs/performance.md has figures. */
  static final int NICE = 19;

  private static final int PRIO_PROCESS = 0;

  private static final Logger LOG = LoggerFactory.getLogger(CompilerThreads.class);
  private static final AtomicBoolean DONE = new AtomicBoolean();

  private CompilerThreads() {}

  /**
   * From now on a guest that wants a CPU goes before C2, if the host is Linux. The launcher has the
   * JVM begin all its threads at once. Does host I/O.
   */
  public static void giveWayToGuests() {
    if (DONE.getAndSet(true) || !Files.isDirectory(TASKS)) {
      return;
    }
    MethodHandle setPriority =
        HostFunctions.find(
                "setpriority",
                FunctionDescriptor.of(
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT))
            .orElseThrow();
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(TASKS, CompilerThreads::isOne)) {
      for (Path thread : threads) {
        lower(setPriority, Integer.parseInt(thread.getFileName().toString()));
      }
    } catch (IOException e) {
      LOG.warn("C2 keeps its priority: {}", e.getMessage());
    }
  }

  static boolean isOne(Path thread) {
    try {
      return Files.readString(thread.resolve("comm")).strip().equals(NAME);
    } catch (IOException _) {
      // It has ended meanwhile.
      return false;
    }
  }

  private static void lower(MethodHandle setPriority, int thread) {
    try {
      // Nothing that may fail: who is less important than before needs no permission.
      int _ = (int) setPriority.invokeExact(PRIO_PROCESS, thread, NICE);
    } catch (Throwable t) {
      throw new IllegalStateException("setpriority cannot be called", t);
    }
  }
}
