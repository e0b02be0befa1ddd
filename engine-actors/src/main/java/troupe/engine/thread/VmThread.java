package troupe.engine.thread;

import java.util.BitSet;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that all actors of a VM run on. It knows when one of them has something to do, and
 * says so at once to the processor, which may be in the middle of a slice on this very thread.
 */
public final class VmThread extends ThreadPoolExecutor {
  /**
   * Bytes of stack: the interpreter and the chips need little, but translated code nests calls as
   * the guest does.
   */
  static final long STACK_SIZE = 2 << 20;

  /** How long the thread of a VM that is no more waits for another task. */
  private static final int LONGEST_IDLE_SECONDS = 1;

  private static final Logger LOG = LoggerFactory.getLogger(VmThread.class);

  private static final Runnable NOBODY = () -> {};

  private volatile Runnable attention = NOBODY;
  private volatile Thread own;
  private volatile Optional<BitSet> cpus = Optional.empty();

  /** Which thread was bound to which CPUs last; on the thread itself. */
  private Thread bound;

  private Optional<BitSet> boundTo = Optional.empty();

  VmThread(String vm) {
    super(
        1,
        1,
        LONGEST_IDLE_SECONDS,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(),
        task -> {
          Thread thread = new Thread(null, task, "vm-" + vm, STACK_SIZE);
          thread.setDaemon(true);
          return thread;
        });
  }

  /** Runs {@code listener}, on any thread, whenever an actor of the VM has got something to do. */
  public void onAttention(Runnable listener) {
    attention = listener;
  }

  public void onAttentionNothing() {
    attention = NOBODY;
  }

  /** From its next task on, the thread runs on these CPUs only. */
  public void bind(BitSet to) {
    cpus = Optional.of((BitSet) to.clone());
  }

  /** Whether an actor other than the one that asks waits for the thread. */
  public boolean hasWork() {
    return !getQueue().isEmpty();
  }

  /** Stays on the CPU, though others may have it, until there is work or the time is over. */
  public void lingerForWork(long nanos) {
    long begin = System.nanoTime();
    while (!hasWork() && System.nanoTime() - begin < nanos) {
      Thread.yield();
    }
  }

  @Override
  protected void beforeExecute(Thread thread, Runnable task) {
    own = thread;
    Optional<BitSet> wanted = cpus;
    if (wanted.isPresent() && (thread != bound || !wanted.equals(boundTo))) {
      bound = thread;
      boundTo = wanted;
      if (!ThreadAffinity.bind(wanted.get())) {
        LOG.warn("{} cannot be bound to CPUs {}", thread.getName(), wanted.get());
      }
    }
  }

  /** Whether the thread stays though it has nothing to do. */
  void keep(boolean kept) {
    allowCoreThreadTimeOut(!kept);
  }

  /**
   * What actors of the VM tell each other in a slice waits for its end; others do not wait. What a
   * task throws does not end the thread: its CPU time is the VM's account.
   */
  @Override
  public void execute(Runnable task) {
    super.execute(
        () -> {
          try {
            task.run();
          } catch (Throwable t) {
            LOG.error("an actor on this thread failed", t);
          }
        });
    if (Thread.currentThread() != own) {
      attention.run();
    }
  }
}
