package troupe.engine.vm;

import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.BehaviorInterceptor;
import org.apache.pekko.actor.typed.TypedActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * Makes an {@link Error} what exceptions are: the end of the actor that threw it. Pekko would let
 * it pass, and the actor go on from the middle of what it did.
 */
final class ErrorsFail<T> extends BehaviorInterceptor<T, T> {
  private ErrorsFail(Class<T> messages) {
    super(messages);
  }

  static <T> Behavior<T> in(Class<T> messages, Behavior<T> actor) {
    return Behaviors.intercept(() -> new ErrorsFail<>(messages), actor);
  }

  @Override
  public Behavior<T> aroundStart(TypedActorContext<T> context, PreStartTarget<T> target) {
    try {
      return target.start(context);
    } catch (Error e) {
      throw failure(e);
    }
  }

  @Override
  public Behavior<T> aroundReceive(
      TypedActorContext<T> context, T message, ReceiveTarget<T> target) {
    try {
      return target.apply(context, message);
    } catch (Error e) {
      throw failure(e);
    }
  }

  private static IllegalStateException failure(Error e) {
    IllegalStateException failure = new IllegalStateException(FailureReport.oneLine(e), e);
    failure.setStackTrace(e.getStackTrace());
    return failure;
  }
}
