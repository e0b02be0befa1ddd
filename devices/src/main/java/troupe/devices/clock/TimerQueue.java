package troupe.devices.clock;

import java.util.PriorityQueue;

/**
 * The clock of one PC: an event queue over virtual time. Whoever runs the machine advances it;
 * {@link #now()} may run ahead of the last {@link #advanceTo} through {@link #setSource}, so that a
 * chip that is read between two advances sees time pass.
 */
public final class TimerQueue implements Clock {
  /** Where the present moment comes from while the machine runs. */
  @FunctionalInterface
  public interface Source {
    /** Nanoseconds since power-on; never less than before. */
    long nanos();
  }

  private final PriorityQueue<Alarm> alarms = new PriorityQueue<>();
  private long now;
  private long sequence;
  private Source source = () -> 0;

  /** Makes {@link #now()} follow {@code source} (never backwards). */
  public void setSource(Source source) {
    this.source = source;
  }

  @Override
  public long now() {
    long latest = source.nanos();
    if (latest > now) {
      now = latest;
    }
    return now;
  }

  @Override
  public Timer timer(Runnable action) {
    return new Alarm(action);
  }

  /** Moves time to {@code nanos} (if later than now) and runs every alarm due by then, in order. */
  public void advanceTo(long nanos) {
    for (Alarm due = alarms.peek(); due != null && due.at <= nanos; due = alarms.peek()) {
      alarms.poll();
      due.armed = false;
      now = Math.max(now, due.at);
      due.action.run();
    }
    now = Math.max(now, nanos);
  }

  /** Virtual time of the next alarm, or {@link Long#MAX_VALUE}. */
  public long nextAlarm() {
    Alarm next = alarms.peek();
    return next == null ? Long.MAX_VALUE : next.at;
  }

  /** Sets the time after a restore; alarms are those that chips arm afterwards. */
  public void restore(long nanos) {
    alarms.forEach(alarm -> alarm.armed = false);
    alarms.clear();
    now = nanos;
  }

  private final class Alarm implements Timer, Comparable<Alarm> {
    private final Runnable action;
    private long at;
    private long order;
    private boolean armed;

    Alarm(Runnable action) {
      this.action = action;
    }

    @Override
    public void schedule(long nanos) {
      cancel();
      at = nanos;
      order = sequence++;
      armed = true;
      alarms.add(this);
    }

    @Override
    public void cancel() {
      if (armed) {
        armed = false;
        alarms.remove(this);
      }
    }

    @Override
    public int compareTo(Alarm other) {
      int byTime = Long.compare(at, other.at);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }
}
