package troupe.engine.vm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import troupe.devices.outside.ByteSink;
import troupe.engine.channel.LineChannel;

/**
 * The bytes that a guest sends through a port on their way to the line's channel. Collects them
 * while the channel is busy or the slice lasts, so that a message carries many; refuses more when
 * full, which stops the port. On the VM's thread only.
 */
final class PortOutput implements ByteSink {
  private static final int CAPACITY = 1 << 14;

  private final byte[] buffer = new byte[CAPACITY];
  private final List<ActorRef<SerialOutput>> watchers = new ArrayList<>();
  private int count;
  private boolean writing;
  private boolean refused;
  private ActorRef<LineChannel.Command> channel;

  /** Connects the line; what was sent before goes first. */
  void connect(ActorRef<LineChannel.Command> to) {
    channel = to;
  }

  void watch(ActorRef<SerialOutput> watcher) {
    watchers.add(watcher);
  }

  void forget(ActorRef<SerialOutput> watcher) {
    watchers.remove(watcher);
  }

  @Override
  public boolean offer(int value) {
    if (count == CAPACITY) {
      refused = true;
      return false;
    }
    buffer[count++] = (byte) value;
    if (count == CAPACITY / 2) {
      flush();
    }
    return true;
  }

  /** Hands what has been collected to the channel, unless it is still busy. */
  void flush() {
    if (!writing) {
      flushAll();
    }
  }

  /** Hands all to the channel, busy or not. */
  void flushAll() {
    if (count == 0 || channel == null) {
      return;
    }
    byte[] bytes = Arrays.copyOf(buffer, count);
    count = 0;
    writing = true;
    channel.tell(new LineChannel.Write(bytes));
    SerialOutput output = new SerialOutput(bytes);
    watchers.forEach(watcher -> watcher.tell(output));
  }

  /** The channel took what it was handed. True if the port waits for room. */
  boolean written() {
    writing = false;
    flush();
    boolean waits = refused && count < CAPACITY;
    if (waits) {
      refused = false;
    }
    return waits;
  }
}
