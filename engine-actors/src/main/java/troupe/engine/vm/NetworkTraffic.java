package troupe.engine.vm;

/**
 * What network adapters have moved, all together.
 *
 * @param adapters how many there are
 */
public record NetworkTraffic(int adapters, long bytesReceived, long bytesSent) {
  public static final NetworkTraffic NONE = new NetworkTraffic(0, 0, 0);
}
