package troupe.board;

import java.util.ArrayDeque;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.IntConsumer;
import troupe.devices.bus.PortDevice;
import troupe.devices.bus.PortSpace;
import troupe.devices.outside.ByteSink;
import troupe.processor.IoBus;

/**
 * The I/O address space as the processor reaches it, with ears on some ports: what the guest writes
 * there goes to a log, or ends the run, besides reaching the chip that answers.
 */
final class GuestPorts implements IoBus {
  /** Ports whose debug consoles tell by this value that they are there. */
  private static final int E9_HACK = 0xE9;

  private static final int SEABIOS_DEBUG = 0x402;

  private record Refused(ByteSink sink, int value) {}

  private final PortSpace ports;
  private final ByteSink[] logs = new ByteSink[0x1_0000];
  private final ArrayDeque<Refused> refused = new ArrayDeque<>();
  private final boolean listening;
  private final int exitPort;
  private final IntConsumer exit;
  private final Runnable full;

  /**
   * @param exit told of the value written to {@code exitPort}
   * @param full told that a log has no room: the processor is to stop soon
   */
  GuestPorts(
      PortSpace ports,
      Map<Integer, ByteSink> logs,
      OptionalInt exitPort,
      IntConsumer exit,
      Runnable full) {
    this.ports = ports;
    this.exitPort = exitPort.orElse(-1);
    this.exit = exit;
    this.full = full;
    listening = exitPort.isPresent() || !logs.isEmpty();
    logs.forEach(
        (port, sink) -> {
          this.logs[port] = sink;
          if (port == E9_HACK || port == SEABIOS_DEBUG) {
            ports.attach(port, 1, new DebugConsole());
          }
        });
  }

  /** Offers again what logs had no room for; false if there is still no room. */
  boolean drain() {
    while (!refused.isEmpty()) {
      Refused next = refused.peek();
      if (!next.sink.offer(next.value)) {
        return false;
      }
      refused.poll();
    }
    return true;
  }

  private void listen(int port, int size, int value) {
    for (int i = 0; i < size; i++) {
      int at = port + i & 0xFFFF;
      ByteSink log = logs[at];
      if (log != null) {
        int octet = value >>> 8 * i & 0xFF;
        if (!refused.isEmpty() || !log.offer(octet)) {
          refused.add(new Refused(log, octet));
          full.run();
        }
      }
    }
    if (port == exitPort) {
      exit.accept(value);
    }
  }

  @Override
  public int read8(int port) {
    return ports.read8(port);
  }

  @Override
  public int read16(int port) {
    return ports.read16(port);
  }

  @Override
  public int read32(int port) {
    return ports.read32(port);
  }

  @Override
  public void write8(int port, int value) {
    if (listening) {
      listen(port, 1, value);
    }
    ports.write8(port, value);
  }

  @Override
  public void write16(int port, int value) {
    if (listening) {
      listen(port, 2, value);
    }
    ports.write16(port, value);
  }

  @Override
  public void write32(int port, int value) {
    if (listening) {
      listen(port, 4, value);
    }
    ports.write32(port, value);
  }

  /** Bochs' and QEMU's debug console: the log has heard the byte already. */
  private static final class DebugConsole implements PortDevice {
    @Override
    public int read8(int offset) {
      return E9_HACK;
    }

    @Override
    public void write8(int offset, int value) {}
  }
}
