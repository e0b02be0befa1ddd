package troupe.engine.thread;

import com.typesafe.config.Config;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import org.apache.pekko.dispatch.DispatcherPrerequisites;
import org.apache.pekko.dispatch.ExecutorServiceConfigurator;
import org.apache.pekko.dispatch.ExecutorServiceFactory;

/**
 * For dispatchers of actors that block: a virtual thread for each turn of an actor. (Pekko's own of
 * this kind wants java.lang opened to it.) Named in the configuration.
 */
public final class VirtualThreads extends ExecutorServiceConfigurator {
  public VirtualThreads(Config config, DispatcherPrerequisites prerequisites) {
    super(config, prerequisites);
  }

  @Override
  public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory factory) {
    return () -> Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name(id + "-", 0).factory());
  }
}
