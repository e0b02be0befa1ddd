package troupe.conformance.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import troupe.conformance.guest.Guests;

/** Undo disks of a session that was killed: the next one does with them what that was to do. */
@Tag("guest")
class UndoCrashTest {
  private static final int SECONDS = 120;
  private final Path folder = Guests.MODULE.resolve("target/runs/undo-crash");
  private WriterGuest guest;

  @BeforeEach
  void makeDisks() throws Exception {
    HostCommand.run(Guests.MODULE, "rm", "-rf", folder).hasStatus(0);
    Files.createDirectories(folder);
    guest = new WriterGuest(folder, folder);
  }

  /** Runs until {@code record} is acknowledged, and is killed, or told to end. */
  private int session(String atEnd, int record, boolean killed) throws Exception {
    try (TroupeProcess run = guest.run("--undo", atEnd)) {
      run.awaitSerial(0, "ACK %08X".formatted(record), SECONDS);
      if (killed) {
        run.kill();
      } else {
        run.stop();
      }
    }
    return guest.acknowledged();
  }

  private List<byte[]> content() throws Exception {
    List<byte[]> content = new ArrayList<>();
    for (Path disk : guest.disks()) {
      content.add(Files.readAllBytes(disk));
    }
    return content;
  }

  private long undoDisks() throws Exception {
    try (var files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".vud")).count();
    }
  }

  @Test
  void discarded() throws Exception {
    List<byte[]> before = content();
    session("discard", 20, true);
    assertEquals(2, undoDisks(), "left by the killed session");
    session("discard", 1, false);
    assertEquals(0, undoDisks());
    List<byte[]> after = content();
    for (int i = 0; i < before.size(); i++) {
      assertArrayEquals(before.get(i), after.get(i), "the exact bytes of before");
    }
  }

  @Test
  void committed() throws Exception {
    List<byte[]> before = content();
    int first = session("commit", 20, true);
    assertArrayEquals(before.getFirst(), content().getFirst(), "nothing is committed yet");
    // The next session finds what the killed one had flushed, and goes on from there.
    int last = session("commit", first + 1, false);
    assertTrue(last > first);
    assertEquals(0, undoDisks());
    guest.check(last);
  }

  @Test
  @Tag("long")
  void kept() throws Exception {
    List<byte[]> before = content();
    int first = session("keep", 20, true);
    session("keep", first + 1, false);
    assertEquals(2, undoDisks());
    assertArrayEquals(before.getFirst(), content().getFirst());
  }
}
