package troupe.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The file whose owner may use a daemon: a PKCS #12 store with one key and its certificate, which
 * both sides of each connection must prove to have. A client on another host needs a copy.
 */
public final class AccessKey {
  /** The store's password: the file's permissions protect it, not this. */
  static final String PASSWORD = "troupe";

  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");
  private static final int LONGEST_SECONDS = 60;
  private static final String DAYS = "36500";

  private AccessKey() {}

  /** Where the key is if nothing else is said: {@code .troupe/access.p12} in the home directory. */
  public static Path defaultFile() {
    return Path.of(System.getProperty("user.home"), ".troupe", "access.p12");
  }

  /** Makes the key if it is not there. Blocks. */
  public static void make(Path file) throws IOException {
    if (Files.exists(file)) {
      return;
    }
    Path directory = file.toAbsolutePath().getParent();
    Files.createDirectories(directory);
    // In a directory of its own that nobody else can look into: keytool leaves the file readable.
    Path own = Files.createTempDirectory(directory, ".access");
    try {
      Path made = own.resolve("access.p12");
      run(
          List.of(
              Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
              "-genkeypair",
              "-alias",
              "troupe",
              "-keyalg",
              "EC",
              "-groupname",
              "secp256r1",
              "-dname",
              "CN=troupe",
              "-validity",
              DAYS,
              "-storetype",
              "PKCS12",
              "-storepass",
              PASSWORD,
              "-keystore",
              made.toString()));
      Files.setPosixFilePermissions(made, OWNER_ONLY);
      Files.move(made, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(own.resolve("access.p12"));
      Files.deleteIfExists(own);
    }
  }

  private static void run(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      process.getOutputStream().close();
      byte[] said = process.getInputStream().readAllBytes();
      if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IOException("keytool failed: " + new String(said).strip());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      process.destroy();
    }
  }
}
