package troupe.engine.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import troupe.engine.channel.Lines;
import troupe.engine.configuration.PortConnection;
import troupe.engine.configuration.VmConfiguration;
import troupe.engine.vm.Answer;
import troupe.engine.vm.Configurations;
import troupe.engine.vm.Event;
import troupe.engine.vm.FakeMachine;
import troupe.engine.vm.PowerState;
import troupe.engine.vm.VirtualMachine;

/** The power states and what leads from one to another; what does not apply is refused. */
@Timeout(60)
class PowerStatesTest {
  private static final Map<String, Function<ActorRef<Answer>, VirtualMachine.Command>> CONTROLS =
      Map.of(
          "turn-on", VirtualMachine.TurnOn::new,
          "turn-off", VirtualMachine.TurnOff::new,
          "pause", VirtualMachine.Pause::new,
          "resume", VirtualMachine.Resume::new,
          "reset", VirtualMachine.Reset::new,
          "shut-down", VirtualMachine.PowerButton::new,
          "save", VirtualMachine.Save::new,
          "restore", VirtualMachine.Restore::new,
          "discard", VirtualMachine.DiscardSavedState::new);

  @TempDir Path directory;
  private Engine engine;

  @BeforeEach
  void start() {
    start(Optional.of(directory.resolve("states")));
  }

  private void start(Optional<Path> states) {
    engine =
        Engine.start(
            new HostSettings(
                2,
                1000,
                new Lines(Optional.empty()),
                FakeMachine.running(
                    machine -> {
                      machine.print(machine.takeReceived());
                      return machine.computeUntilAttention();
                    }),
                states),
            ConfigFactory.empty());
  }

  @AfterEach
  void stop() {
    engine.close();
  }

  private ActorRef<VirtualMachine.Command> create(VmConfiguration configuration) {
    Host.VmCreated created =
        engine.ask(engine.host(), replyTo -> new Host.CreateVm(configuration, replyTo));
    return assertInstanceOf(Host.VmCreated.Created.class, created).vm();
  }

  private Answer control(ActorRef<VirtualMachine.Command> vm, String name) {
    return engine.ask(vm, replyTo -> CONTROLS.get(name).apply(replyTo));
  }

  private PowerState state(ActorRef<VirtualMachine.Command> vm) {
    return engine.ask(vm, VirtualMachine.ReadStatus::new).state();
  }

  private ActorRef<VirtualMachine.Command> in(PowerState state) {
    ActorRef<VirtualMachine.Command> vm = create(Configurations.vm("vm"));
    List<String> way =
        switch (state) {
          case TURNED_OFF -> List.of();
          case RUNNING -> List.of("turn-on");
          case PAUSED -> List.of("turn-on", "pause");
          case SAVED -> List.of("turn-on", "save");
          case TURNING_ON, RESTORING, SAVING, TURNING_OFF, DELETE_MACHINE ->
              throw new IllegalArgumentException(state + " passes");
        };
    for (String control : way) {
      assertEquals(Answer.DONE, control(vm, control));
    }
    assertEquals(state, state(vm));
    return vm;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          TURNED_OFF | turn-on   | RUNNING
          TURNED_OFF | turn-off  | TURNED_OFF
          TURNED_OFF | pause     | vm is off
          TURNED_OFF | resume    | vm is off
          TURNED_OFF | reset     | vm is off
          TURNED_OFF | shut-down | vm is off
          TURNED_OFF | save      | vm is off
          TURNED_OFF | restore   | vm has no saved state
          TURNED_OFF | discard   | vm has no saved state
          RUNNING    | turn-on   | vm is on already
          RUNNING    | turn-off  | TURNED_OFF
          RUNNING    | pause     | PAUSED
          RUNNING    | resume    | vm is not paused
          RUNNING    | reset     | RUNNING
          RUNNING    | shut-down | RUNNING
          RUNNING    | save      | SAVED
          RUNNING    | restore   | vm is on already
          RUNNING    | discard   | vm is on
          PAUSED     | turn-on   | vm is on already
          PAUSED     | turn-off  | TURNED_OFF
          PAUSED     | pause     | vm is paused already
          PAUSED     | resume    | RUNNING
          PAUSED     | reset     | PAUSED
          PAUSED     | save      | SAVED
          PAUSED     | restore   | vm is on already
          PAUSED     | discard   | vm is on
          SAVED      | turn-on   | RUNNING
          SAVED      | turn-off  | SAVED
          SAVED      | pause     | vm is saved
          SAVED      | resume    | vm is saved
          SAVED      | reset     | vm is saved
          SAVED      | shut-down | vm is saved
          SAVED      | save      | vm is saved
          SAVED      | restore   | RUNNING
          SAVED      | discard   | TURNED_OFF
          """)
  void aControlLeadsToAStateOrIsRefused(PowerState before, String control, String outcome) {
    ActorRef<VirtualMachine.Command> vm = in(before);
    Answer answer = control(vm, control);
    if (answer instanceof Answer.Refused(String reason)) {
      assertEquals(outcome, reason);
      assertEquals(before, state(vm));
    } else {
      assertEquals(outcome, state(vm).name());
    }
  }

  @Test
  void theStatesHaveTheNumbersOfTheInterface() {
    assertEquals(
        List.of(1, 2, 3, 4, 5, 6, 7, 8, 10),
        List.of(PowerState.values()).stream().map(PowerState::number).toList());
  }

  @Test
  void savingAndRestoringAreEvents() {
    in(PowerState.SAVED).tell(new VirtualMachine.Restore(engine.ignore()));
    List<Event.Kind> kinds = List.of();
    while (kinds.size() < 3) {
      kinds =
          engine.ask(engine.host(), Host.ReadEvents::new).events().stream()
              .map(Event::kind)
              .toList();
    }
    assertEquals(List.of(Event.Kind.TURNED_ON, Event.Kind.SAVED, Event.Kind.RESTORED), kinds);
  }

  @Test
  void whatAGuestHasSaidBeforeASaveStays() throws Exception {
    Path file = directory.resolve("com1.log");
    ActorRef<VirtualMachine.Command> vm =
        create(Configurations.vm("vm", true, new PortConnection.ToFile(file, false)));
    List<String> said = new ArrayList<>();
    for (String step : List.of("turn-on", "save", "restore", "turn-off", "turn-on", "turn-off")) {
      assertEquals(Answer.DONE, control(vm, step));
      if (step.equals("turn-on") || step.equals("restore")) {
        byte[] bytes = (step + ";").getBytes(StandardCharsets.ISO_8859_1);
        assertEquals(
            Answer.DONE,
            engine.<VirtualMachine.Command, Answer>ask(
                vm, replyTo -> new VirtualMachine.SendSerial(0, bytes, replyTo)));
        while (!Files.readString(file).endsWith(step + ";")) {
          Thread.onSpinWait();
        }
      }
      if (step.equals("turn-off")) {
        said.add(Files.readString(file));
      }
    }
    assertEquals(List.of("turn-on;restore;", "turn-on;"), said);
  }

  @Test
  void aStateThatCannotBeWrittenLeavesTheVmRunning() throws Exception {
    engine.close();
    // A file where the directory should be.
    start(Optional.of(Files.write(directory.resolve("file"), new byte[1])));
    ActorRef<VirtualMachine.Command> vm = in(PowerState.RUNNING);
    Answer answer = control(vm, "save");
    assertTrue(
        assertInstanceOf(Answer.Refused.class, answer).reason().contains("cannot be written"),
        answer.toString());
    assertEquals(PowerState.RUNNING, state(vm));
    long before = engine.ask(vm, VirtualMachine.ReadStatus::new).instructions();
    while (engine.ask(vm, VirtualMachine.ReadStatus::new).instructions() <= before) {
      Thread.onSpinWait();
    }
  }

  @Test
  void aHostWithoutAPlaceForStatesSaysSo() {
    engine.close();
    start(Optional.empty());
    assertEquals(
        new Answer.Refused("vm cannot be saved: this host keeps no saved states"),
        control(in(PowerState.RUNNING), "save"));
  }

  private Answer remove(String name) {
    return engine.<Host.Command, Answer>ask(
        engine.host(), replyTo -> new Host.RemoveVm(name, replyTo));
  }

  @Test
  void onlyAVmThatIsOffIsRemoved() {
    ActorRef<VirtualMachine.Command> vm = in(PowerState.RUNNING);
    assertEquals(new Answer.Refused("vm is on"), remove("vm"));
    assertEquals(Answer.DONE, control(vm, "turn-off"));
    assertEquals(Answer.DONE, remove("vm"));
    assertEquals(new Answer.Refused("there is no VM named nobody"), remove("nobody"));
    while (!engine.ask(engine.host(), Host.ListVms::new).byName().isEmpty()) {
      Thread.onSpinWait();
    }
    in(PowerState.RUNNING);
  }

  @Test
  void theEndOfTheHostSavesAndTheNextOneKnowsWhoWasOn() {
    VmConfiguration configuration = Configurations.vm("vm").with(VmConfiguration.HostStop.SAVE);
    ActorRef<VirtualMachine.Command> vm = create(configuration);
    assertEquals(Answer.DONE, control(vm, "turn-on"));
    ActorRef<VirtualMachine.Command> other = create(Configurations.vm("other"));
    assertEquals(Answer.DONE, control(other, "turn-on"));
    assertEquals(Answer.DONE, control(other, "turn-off"));
    engine.close();
    start(Optional.of(directory.resolve("states")));
    assertEquals(
        java.util.Set.of("vm"), engine.ask(engine.host(), Host.ReadWereRunning::new).names());
    vm = create(configuration);
    assertEquals(PowerState.SAVED, state(vm));
    assertEquals(Answer.DONE, control(vm, "turn-on"));
    assertEquals(PowerState.RUNNING, state(vm));
  }
}
