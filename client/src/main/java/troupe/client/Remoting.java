package troupe.client;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Settings of Artery over TLS, for both sides. */
public final class Remoting {
  private static final String ARTERY = "pekko.remote.artery.";
  private static final String SSL = ARTERY + "ssl.config-ssl-engine.";

  private Remoting() {}

  /**
   * Overrides for an actor system that is to be reached, or to reach others.
   *
   * @param host by which others reach this process
   * @param port 0: any that is free
   * @param key see {@link AccessKey}
   */
  public static Config settings(String host, int port, Path key) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("pekko.actor.provider", "remote");
    settings.put(ARTERY + "transport", "tls-tcp");
    settings.put(ARTERY + "canonical.hostname", host);
    settings.put(ARTERY + "canonical.port", port);
    // Daemon and clients are no cluster, and want to know when the other side of a stream is gone.
    settings.put("pekko.remote.use-unsafe-remote-features-outside-cluster", true);
    settings.put("pekko.remote.warn-unsafe-watch-outside-cluster", false);
    settings.put("pekko.remote.warn-about-direct-use", false);
    // A host that has no time for one side for a while must not end the connection for good.
    settings.put("pekko.remote.watch-failure-detector.acceptable-heartbeat-pause", "30 s");
    settings.put(SSL + "key-store", key.toString());
    settings.put(SSL + "trust-store", key.toString());
    settings.put(SSL + "key-store-password", AccessKey.PASSWORD);
    settings.put(SSL + "key-password", AccessKey.PASSWORD);
    settings.put(SSL + "trust-store-password", AccessKey.PASSWORD);
    settings.put(SSL + "require-mutual-authentication", true);
    // The key is known to be the daemon's: its host's name proves nothing more.
    settings.put(SSL + "hostname-verification", false);
    return ConfigFactory.parseMap(settings);
  }
}
