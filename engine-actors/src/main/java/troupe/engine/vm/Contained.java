package troupe.engine.vm;

import java.util.function.Consumer;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.BehaviorInterceptor;
import org.apache.pekko.actor.typed.TypedActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * Wraps the behaviour of a part of a PC: whatever it throws, {@link Error}s included, stops this
 * part and is told to the VM, and never reaches the dispatcher. After each message the processor is
 * woken, as the part may have asked for an interrupt.
 */
final class Contained<T> extends BehaviorInterceptor<T, T> {
  private final Consumer<Throwable> failed;
  private final Runnable after;

  private Contained(Class<T> messages, Consumer<Throwable> failed, Runnable after) {
    super(messages);
    this.failed = failed;
    this.after = after;
  }

  static <T> Behavior<T> in(
      Class<T> messages, Consumer<Throwable> failed, Runnable after, Behavior<T> part) {
    return Behaviors.intercept(() -> new Contained<>(messages, failed, after), part);
  }

  @Override
  public Behavior<T> aroundStart(TypedActorContext<T> context, PreStartTarget<T> target) {
    try {
      return target.start(context);
    } catch (Throwable t) {
      failed.accept(t);
      return Behaviors.stopped();
    }
  }

  @Override
  public Behavior<T> aroundReceive(
      TypedActorContext<T> context, T message, ReceiveTarget<T> target) {
    try {
      Behavior<T> next = target.apply(context, message);
      after.run();
      return next;
    } catch (Throwable t) {
      failed.accept(t);
      return Behaviors.stopped();
    }
  }
}
