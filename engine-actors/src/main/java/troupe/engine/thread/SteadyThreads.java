package troupe.engine.thread;

import com.typesafe.config.Config;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ThreadFactory;
import org.apache.pekko.dispatch.DispatcherPrerequisites;
import org.apache.pekko.dispatch.ExecutorServiceConfigurator;
import org.apache.pekko.dispatch.ExecutorServiceFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * For actors of the host, which do not block. On Pekko's own threads an {@link Error} that a
 * message ends with, such as one for memory that some VM has used up, ends the whole actor system,
 * and so all VMs; on these it ends the message. Named in the configuration.
 */
public final class SteadyThreads extends ExecutorServiceConfigurator {
  private static final Logger LOG = LoggerFactory.getLogger(SteadyThreads.class);

  /** As many as Pekko's default. */
  private static final int LEAST = 8;

  public SteadyThreads(Config config, DispatcherPrerequisites prerequisites) {
    super(config, prerequisites);
  }

  @Override
  public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory factory) {
    return () -> pool(id);
  }

  private static ExecutorService pool(String id) {
    return new ForkJoinPool(
        Math.max(LEAST, Runtime.getRuntime().availableProcessors()),
        pool -> {
          var thread = ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(pool);
          thread.setName(id + "-" + thread.getPoolIndex());
          return thread;
        },
        null,
        true) {
      @Override
      public void execute(Runnable task) {
        // Never the task itself: a mailbox is a ForkJoinTask, and one that has failed runs no more.
        super.execute((Runnable) () -> run(task));
      }
    };
  }

  private static void run(Runnable task) {
    try {
      task.run();
    } catch (Throwable t) {
      LOG.error("an actor failed", t);
    }
  }
}
