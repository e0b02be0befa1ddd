package troupe.cli.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import troupe.devices.display.Frame;
import troupe.devices.display.TextScreen;
import troupe.engine.vm.Answer;
import troupe.engine.vm.DriveSlot;
import troupe.engine.vm.Screen;
import troupe.engine.vm.SerialOutput;
import troupe.engine.vm.VirtualMachine;

@Timeout(20)
class ScriptRunnerTest {
  private static final ActorTestKit kit = ActorTestKit.create();

  private final TestProbe<VirtualMachine.Command> vm = kit.createTestProbe();
  private final BlockingQueue<ScriptRunner.Outcome> outcomes = new LinkedBlockingQueue<>();
  private ActorRef<SerialOutput> serial;

  @AfterAll
  static void shutDown() {
    kit.shutdownTestKit();
  }

  private void start(String text) throws BadScriptException {
    Script script = ScriptReader.parse("test.script", text, DriveSlot.HDC);
    ActorRef<ScriptRunner.Command> runner =
        kit.spawn(ScriptRunner.create(script, vm.ref(), outcomes::add));
    serial = vm.expectMessageClass(VirtualMachine.WatchSerial.class).watcher();
    runner.tell(ScriptRunner.Start.INSTANCE);
  }

  private void print(String text) {
    serial.tell(new SerialOutput(text.getBytes(StandardCharsets.ISO_8859_1)));
  }

  @Test
  void waitsConsumeWhatTheyMatched() throws Exception {
    start("wait-serial \"ogin:\"\nsend-serial \"root\\n\"\nwait-serial \"ogin:\"\nquit\n");
    print("login");
    print(": ");
    VirtualMachine.SendSerial sent = vm.expectMessageClass(VirtualMachine.SendSerial.class);
    assertEquals("root\n", new String(sent.bytes(), StandardCharsets.ISO_8859_1));
    sent.replyTo().tell(Answer.DONE);
    assertTrue(outcomes.isEmpty());
    print("Last login: never");
    assertEquals(new ScriptRunner.Outcome.Quit(), outcomes.take());
  }

  @Test
  void aWaitThatTimesOutIsNamed() throws Exception {
    start("wait-serial \"never\" 10ms\n");
    assertEquals(
        new ScriptRunner.Outcome.TimedOut("test.script:1: timed out: wait-serial \"never\" 10ms"),
        outcomes.take());
  }

  @Test
  void screensAreLookedAtUntilTheTextIsThere() throws Exception {
    start("wait-screen \"A:\\>\"\n");
    VirtualMachine.ReadScreen first = vm.expectMessageClass(VirtualMachine.ReadScreen.class);
    first.replyTo().tell(Optional.empty());
    VirtualMachine.ReadScreen second = vm.expectMessageClass(VirtualMachine.ReadScreen.class);
    second
        .replyTo()
        .tell(
            Optional.of(
                new Screen(
                    Frame.of(1, 1, 0),
                    Optional.of(new TextScreen(80, List.of("Starting", "A:\\>_"), 4, 1)))));
    assertEquals(new ScriptRunner.Outcome.Finished(), outcomes.take());
  }

  @Test
  void typingIsWaitedFor() throws Exception {
    start("type \"ab\"\nreset\n");
    VirtualMachine.Type type = vm.expectMessageClass(VirtualMachine.Type.class);
    assertEquals(2, type.strokes().size());
    vm.expectNoMessage(java.time.Duration.ofMillis(50));
    type.replyTo().tell(Answer.DONE);
    VirtualMachine.Reset reset = vm.expectMessageClass(VirtualMachine.Reset.class);
    reset.replyTo().tell(new Answer.Refused("guest is off"));
    assertEquals(
        "test.script:2: guest is off",
        assertInstanceOf(ScriptRunner.Outcome.Failed.class, outcomes.take()).message());
  }

  @Test
  void clicksPressAndRelease() throws Exception {
    start("mouse 3 -4\nclick right\n");
    assertEquals(-4, vm.expectMessageClass(VirtualMachine.MoveMouse.class).dy());
    assertTrue(vm.expectMessageClass(VirtualMachine.PressButton.class).down());
    assertTrue(!vm.expectMessageClass(VirtualMachine.PressButton.class).down());
    assertEquals(new ScriptRunner.Outcome.Finished(), outcomes.take());
  }
}
