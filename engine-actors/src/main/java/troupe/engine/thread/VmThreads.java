package troupe.engine.thread;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.List;
import java.util.Map;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.dispatch.Dispatcher;
import org.apache.pekko.dispatch.Dispatchers;
import org.apache.pekko.dispatch.ExecutorServiceFactory;
import org.apache.pekko.dispatch.ExecutorServiceFactoryProvider;
import org.apache.pekko.dispatch.MessageDispatcher;
import org.apache.pekko.dispatch.MessageDispatcherConfigurator;
import scala.concurrent.duration.Duration;
import scala.concurrent.duration.FiniteDuration;

/**
 * The dispatchers of VMs. Pekko keeps a dispatcher for good once it is registered, so a VM that
 * comes back under its old name gets its old one.
 */
public final class VmThreads {
  private static final String PREFIX = "troupe.vm-dispatchers.";

  /** One message at a time, so that no actor of the VM waits for more than one of another's. */
  private static final int THROUGHPUT = 1;

  private static final FiniteDuration KEEP_IDLE_THREAD = Duration.create(1, TimeUnit.SECONDS);

  private final ActorSystem<?> system;
  private final Map<String, VmThread> threads = new ConcurrentHashMap<>();

  public VmThreads(ActorSystem<?> system) {
    this.system = system;
  }

  /** The dispatcher of the VM's actors. */
  public DispatcherSelector dispatcher(String vm) {
    thread(vm).keep(true);
    return DispatcherSelector.fromConfig(PREFIX + vm);
  }

  /** The thread behind {@link #dispatcher}. */
  public VmThread thread(String vm) {
    return threads.computeIfAbsent(vm, this::register);
  }

  /** The VM is no more: its thread ends when it has done what is left. */
  public void release(String vm) {
    thread(vm).keep(false);
  }

  private VmThread register(String vm) {
    String id = PREFIX + vm;
    VmThread thread = new VmThread(vm);
    Dispatchers dispatchers = Adapter.toClassic(system).dispatchers();
    Config settings =
        ConfigFactory.parseMap(Map.of("id", id, "throughput", THROUGHPUT))
            .withFallback(system.settings().config().getConfig(Dispatchers.DefaultDispatcherId()));
    dispatchers.registerConfigurator(id, new OneThread(settings, dispatchers, id, thread));
    return thread;
  }

  private static final class OneThread extends MessageDispatcherConfigurator {
    private final MessageDispatcher dispatcher;

    OneThread(Config settings, Dispatchers dispatchers, String id, VmThread thread) {
      super(settings, dispatchers.prerequisites());
      dispatcher =
          new Dispatcher(
              this, id, THROUGHPUT, Duration.Zero(), new Always(thread), KEEP_IDLE_THREAD);
    }

    @Override
    public MessageDispatcher dispatcher() {
      return dispatcher;
    }
  }

  private record Always(VmThread thread) implements ExecutorServiceFactoryProvider {
    @Override
    public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory factory) {
      return () -> new Lasting(thread);
    }
  }

  /**
   * Pekko shuts an idle dispatcher's executor down and asks for another: this one outlives that.
   */
  private static final class Lasting extends AbstractExecutorService {
    private final VmThread thread;
    private volatile boolean shutDown;

    Lasting(VmThread thread) {
      this.thread = thread;
    }

    @Override
    public void execute(Runnable task) {
      thread.execute(task);
    }

    @Override
    public void shutdown() {
      shutDown = true;
    }

    @Override
    public List<Runnable> shutdownNow() {
      shutDown = true;
      return List.of();
    }

    @Override
    public boolean isShutdown() {
      return shutDown;
    }

    @Override
    public boolean isTerminated() {
      return shutDown;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
      return true;
    }
  }
}
