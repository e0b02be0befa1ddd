package troupe.engine.channel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class LineChannelTest {
  /** Takes as much as it is allowed to, and then nothing until it is closed, if that helps. */
  private static final class SlowLine implements Line {
    private final ByteArrayOutputStream took = new ByteArrayOutputStream();
    private final BlockingQueue<Boolean> allowed = new LinkedBlockingQueue<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final boolean closeHelps;

    SlowLine(boolean closeHelps) {
      this.closeHelps = closeHelps;
    }

    @Override
    public int read(byte[] target) {
      return -1;
    }

    @Override
    public void write(byte[] bytes) throws IOException {
      try {
        if (!allowed.take()) {
          throw new IOException("closed");
        }
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      took.writeBytes(bytes);
    }

    @Override
    public Duration patience() {
      return Duration.ofMillis(200);
    }

    @Override
    public void close() throws IOException {
      closed.countDown();
      if (closeHelps) {
        allowed.add(false);
      } else {
        try {
          new CountDownLatch(1).await();
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
      }
    }
  }

  /** What a pipe of the host holds, bytes. [POSIX] leaves it open; Linux has 64 KiB. */
  private static final int PIPE_BUFFER = 1 << 16;

  private final ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "lines");
  private final BlockingQueue<LineChannel.Event> events = new LinkedBlockingQueue<>();

  @AfterEach
  void stop() {
    system.terminate();
  }

  private ActorRef<LineChannel.Command> channel(Line line) {
    ActorRef<LineChannel.Event> port =
        system.systemActorOf(
            Behaviors.receiveMessage(
                event -> {
                  events.add(event);
                  return Behaviors.same();
                }),
            "port",
            org.apache.pekko.actor.typed.Props.empty());
    return system.systemActorOf(
        LineChannel.create("com1", line, port), "channel", LineChannel.DISPATCHER);
  }

  private long millisToClose(ActorRef<LineChannel.Command> channel) {
    long start = System.nanoTime();
    LineChannel.Closed closed =
        AskPattern.<LineChannel.Command, LineChannel.Closed>ask(
                channel, LineChannel.Close::new, Duration.ofSeconds(20), system.scheduler())
            .toCompletableFuture()
            .join();
    assertEquals("com1", closed.name());
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
  }

  @Test
  void onePieceAfterAnotherIsWrittenBeforeTheLineCloses() throws Exception {
    SlowLine line = new SlowLine(true);
    for (int i = 0; i < 100; i++) {
      line.allowed.add(true);
    }
    ActorRef<LineChannel.Command> channel = channel(line);
    channel.tell(new LineChannel.Write(new byte[1000]));
    channel.tell(new LineChannel.Write(new byte[] {1, 2, 3}));
    millisToClose(channel);
    byte[] expected = new byte[1003];
    System.arraycopy(new byte[] {1, 2, 3}, 0, expected, 1000, 3);
    assertArrayEquals(expected, line.took.toByteArray());
    assertInstanceOf(LineChannel.Written.class, events.take());
    assertInstanceOf(LineChannel.Written.class, events.take());
    assertTrue(line.closed.await(1, TimeUnit.SECONDS));
  }

  @Test
  void aPeerThatTakesNothingIsCutOff() throws Exception {
    SlowLine line = new SlowLine(true);
    ActorRef<LineChannel.Command> channel = channel(line);
    channel.tell(new LineChannel.Write(new byte[10]));
    channel.tell(new LineChannel.Write(new byte[10]));
    assertTrue(millisToClose(channel) < 5000);
    assertEquals(0, line.took.size());
  }

  @Test
  void aLineThatDoesNotEvenCloseHoldsNobodyUp() {
    SlowLine line = new SlowLine(false);
    ActorRef<LineChannel.Command> channel = channel(line);
    channel.tell(new LineChannel.Write(new byte[10]));
    assertTrue(millisToClose(channel) < 5000);
  }

  @Test
  void aPeerThatIsSlowGetsAll() throws Exception {
    SlowLine line = new SlowLine(true);
    ActorRef<LineChannel.Command> channel = channel(line);
    channel.tell(new LineChannel.Write(new byte[8 * 512]));
    Thread peer =
        Thread.ofVirtual()
            .start(
                () -> {
                  for (int i = 0; i < 8; i++) {
                    try {
                      Thread.sleep(100);
                    } catch (InterruptedException e) {
                      return;
                    }
                    line.allowed.add(true);
                  }
                });
    millisToClose(channel);
    assertEquals(8 * 512, line.took.size());
    assertFalse(peer.isAlive() && !peer.join(Duration.ofSeconds(1)));
  }

  @Test
  void aFileThatStallsLosesNothing(@TempDir Path directory) throws Exception {
    Path pipe = directory.resolve("pipe");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    FutureTask<byte[]> reader =
        new FutureTask<>(
            () -> {
              try (InputStream in = Files.newInputStream(pipe)) {
                Thread.sleep(2000);
                return in.readAllBytes();
              }
            });
    Thread.ofPlatform().daemon().start(reader);
    byte[] said = new byte[4 * PIPE_BUFFER];
    new Random(1).nextBytes(said);
    ActorRef<LineChannel.Command> channel = channel(new FileLine(pipe, true));
    channel.tell(new LineChannel.Write(said.clone()));
    millisToClose(channel);
    assertArrayEquals(said, reader.get(10, TimeUnit.SECONDS));
  }

  @Test
  void theChannelAnswersWhileTheLineBlocks() throws Exception {
    SlowLine line = new SlowLine(true);
    ActorRef<LineChannel.Command> channel = channel(line);
    channel.tell(new LineChannel.Write(new byte[10]));
    assertEquals(null, events.poll(100, TimeUnit.MILLISECONDS), "nothing is written yet");
    line.allowed.add(true);
    assertInstanceOf(LineChannel.Written.class, events.poll(5, TimeUnit.SECONDS));
    line.allowed.add(false);
    channel.tell(new LineChannel.Write(new byte[10]));
    assertInstanceOf(LineChannel.Written.class, events.poll(5, TimeUnit.SECONDS));
    assertInstanceOf(LineChannel.Broken.class, events.poll(5, TimeUnit.SECONDS));
    channel.tell(new LineChannel.Write(new byte[10]));
    assertInstanceOf(LineChannel.Written.class, events.poll(5, TimeUnit.SECONDS), "dropped");
    millisToClose(channel);
  }
}
