package troupe.engine.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
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
          TURNED_OFF | remove    | removed
          RUNNING    | turn-on   | vm is on already
          RUNNING    | turn-off  | TURNED_OFF
          RUNNING    | pause     | PAUSED
          RUNNING    | resume    | vm is not paused
          RUNNING    | reset     | RUNNING
          RUNNING    | shut-down | RUNNING
          RUNNING    | save      | SAVED
          RUNNING    | restore   | vm is on already
          RUNNING    | discard   | vm is on
          RUNNING    | remove    | vm is on
          PAUSED     | turn-on   | vm is on already
          PAUSED     | turn-off  | TURNED_OFF
          PAUSED     | pause     | vm is paused already
          PAUSED     | resume    | RUNNING
          PAUSED     | reset     | PAUSED
          PAUSED     | shut-down | vm is paused: its guest shuts down only when it runs
          PAUSED     | save      | SAVED
          PAUSED     | restore   | vm is on already
          PAUSED     | discard   | vm is on
          PAUSED     | remove    | vm is on
          SAVED      | turn-on   | RUNNING
          SAVED      | turn-off  | SAVED
          SAVED      | pause     | vm is saved
          SAVED      | resume    | vm is saved
          SAVED      | reset     | vm is saved
          SAVED      | shut-down | vm is saved
          SAVED      | save      | vm is saved
          SAVED      | restore   | RUNNING
          SAVED      | discard   | TURNED_OFF
          SAVED      | remove    | removed
          """)
  void aControlLeadsToAStateOrIsRefused(PowerState before, String control, String outcome) {
    ActorRef<VirtualMachine.Command> vm = in(before);
    check(vm, before, control, outcome);
  }

  private void check(
      ActorRef<VirtualMachine.Command> vm, PowerState before, String control, String outcome) {
    Answer answer = control.equals("remove") ? remove("vm") : control(vm, control);
    if (answer instanceof Answer.Refused(String reason)) {
      assertEquals(outcome, reason);
      assertEquals(before, state(vm));
    } else if (control.equals("remove")) {
      assertEquals("removed", outcome);
      while (engine.ask(engine.host(), Host.ListVms::new).byName().containsKey("vm")) {
        Thread.onSpinWait();
      }
    } else {
      assertEquals(outcome, state(vm).name());
    }
  }

  /** What comes between two states waits, and is then treated as in the state that is reached. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          TURNING_ON  | turn-on   | RUNNING    | vm is on already
          TURNING_ON  | turn-off  | RUNNING    | TURNED_OFF
          TURNING_ON  | pause     | RUNNING    | PAUSED
          TURNING_ON  | resume    | RUNNING    | vm is not paused
          TURNING_ON  | reset     | RUNNING    | RUNNING
          TURNING_ON  | shut-down | RUNNING    | RUNNING
          TURNING_ON  | save      | RUNNING    | SAVED
          TURNING_ON  | restore   | RUNNING    | vm is on already
          TURNING_ON  | discard   | RUNNING    | vm is on
          TURNING_ON  | remove    | RUNNING    | vm is on
          RESTORING   | turn-on   | RUNNING    | vm is on already
          RESTORING   | turn-off  | RUNNING    | TURNED_OFF
          RESTORING   | pause     | RUNNING    | PAUSED
          RESTORING   | resume    | RUNNING    | vm is not paused
          RESTORING   | reset     | RUNNING    | RUNNING
          RESTORING   | shut-down | RUNNING    | RUNNING
          RESTORING   | save      | RUNNING    | SAVED
          RESTORING   | restore   | RUNNING    | vm is on already
          RESTORING   | discard   | RUNNING    | vm is on
          RESTORING   | remove    | RUNNING    | vm is on
          SAVING      | turn-on   | SAVED      | RUNNING
          SAVING      | turn-off  | SAVED      | SAVED
          SAVING      | pause     | SAVED      | vm is saved
          SAVING      | resume    | SAVED      | vm is saved
          SAVING      | reset     | SAVED      | vm is saved
          SAVING      | shut-down | SAVED      | vm is saved
          SAVING      | save      | SAVED      | vm is saved
          SAVING      | restore   | SAVED      | RUNNING
          SAVING      | discard   | SAVED      | TURNED_OFF
          SAVING      | remove    | SAVED      | removed
          TURNING_OFF | turn-on   | TURNED_OFF | RUNNING
          TURNING_OFF | turn-off  | TURNED_OFF | TURNED_OFF
          TURNING_OFF | pause     | TURNED_OFF | vm is off
          TURNING_OFF | resume    | TURNED_OFF | vm is off
          TURNING_OFF | reset     | TURNED_OFF | vm is off
          TURNING_OFF | shut-down | TURNED_OFF | vm is off
          TURNING_OFF | save      | TURNED_OFF | vm is off
          TURNING_OFF | restore   | TURNED_OFF | vm has no saved state
          TURNING_OFF | discard   | TURNED_OFF | vm has no saved state
          TURNING_OFF | remove    | TURNED_OFF | removed
          """)
  void aControlThatComesBetweenWaits(
      PowerState between, String control, PowerState reached, String outcome) {
    ActorRef<VirtualMachine.Command> vm =
        in(
            switch (between) {
              case TURNING_ON -> PowerState.TURNED_OFF;
              case RESTORING -> PowerState.SAVED;
              case SAVING, TURNING_OFF -> PowerState.RUNNING;
              case TURNED_OFF, SAVED, RUNNING, PAUSED, DELETE_MACHINE ->
                  throw new IllegalArgumentException(between + " does not pass");
            });
    String leads =
        switch (between) {
          case SAVING -> "save";
          case TURNING_OFF -> "turn-off";
          default -> "turn-on";
        };
    vm.tell(CONTROLS.get(leads).apply(engine.ignore()));
    check(vm, reached, control, outcome);
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

  private ActorRef<Host.VmStarted> into(BlockingQueue<Host.VmStarted> started) {
    return engine.spawn(
        Behaviors.receiveMessage(
            one -> {
              started.add(one);
              return Behaviors.same();
            }),
        "started");
  }

  /** Does what a daemon does when it has created its VMs; answered with those started at once. */
  private Set<String> startActions() throws InterruptedException {
    BlockingQueue<Host.VmStarted> started = new LinkedBlockingQueue<>();
    ActorRef<Host.VmStarted> each = into(started);
    Host.Names now = engine.ask(engine.host(), replyTo -> new Host.Start(each, replyTo));
    Set<String> names = new TreeSet<>();
    for (int i = 0; i < now.names().size(); i++) {
      Host.VmStarted one = started.take();
      assertEquals(Answer.DONE, one.answer());
      names.add(one.vm());
    }
    assertEquals(now.names(), names);
    return names;
  }

  private static VmConfiguration ifWasRunning(String name, Duration delay) {
    return Configurations.vm(name)
        .with(new VmConfiguration.HostStart(VmConfiguration.HostStart.When.IF_WAS_RUNNING, delay));
  }

  @Test
  void theEndOfTheHostSavesAndTheNextOneKnowsWhoWasOn() throws Exception {
    VmConfiguration configuration =
        ifWasRunning("vm", Duration.ZERO).with(VmConfiguration.HostStop.SAVE);
    VmConfiguration turnedOff = ifWasRunning("other", Duration.ZERO);
    ActorRef<VirtualMachine.Command> vm = create(configuration);
    assertEquals(Answer.DONE, control(vm, "turn-on"));
    ActorRef<VirtualMachine.Command> other = create(turnedOff);
    assertEquals(Answer.DONE, control(other, "turn-on"));
    assertEquals(Answer.DONE, control(other, "turn-off"));
    engine.close();
    start(Optional.of(directory.resolve("states")));
    vm = create(configuration);
    other = create(turnedOff);
    assertEquals(PowerState.SAVED, state(vm));
    assertEquals(Set.of("vm"), startActions());
    assertEquals(PowerState.RUNNING, state(vm));
    assertEquals(PowerState.TURNED_OFF, state(other));
  }

  /**
   * Ends the host as kill -9 does: what it writes after this moment is lost.
   *
   * @param wasOn what the list on disk must have come to
   */
  private void kill(Set<String> wasOn) throws Exception {
    Path states = directory.resolve("states");
    Path list = states.resolve("running");
    while (!Files.exists(list) || !Set.copyOf(Files.readAllLines(list)).equals(wasOn)) {
      Thread.sleep(10);
    }
    engine.close();
    Files.write(list, wasOn);
    start(Optional.of(states));
  }

  @Test
  void aVmThatWaitsForItsDelayIsNotForgotten() throws Exception {
    VmConfiguration later = ifWasRunning("later", Duration.ofHours(1));
    VmConfiguration now = ifWasRunning("now", Duration.ZERO);
    for (VmConfiguration configuration : List.of(later, now)) {
      assertEquals(Answer.DONE, control(create(configuration), "turn-on"));
    }
    Set<String> both = Set.of("later", "now");
    for (int daemon = 0; daemon < 2; daemon++) {
      kill(both);
      ActorRef<VirtualMachine.Command> waits = create(later);
      create(now);
      assertEquals(Set.of("now"), startActions());
      assertEquals(PowerState.TURNED_OFF, state(waits));
    }
    kill(both);
    ActorRef<VirtualMachine.Command> vm = create(ifWasRunning("later", Duration.ofMillis(1)));
    assertEquals(Set.of(), startActions());
    while (state(vm) != PowerState.RUNNING) {
      Thread.sleep(10);
    }
    kill(Set.of("later"));
    create(later);
    assertEquals(Answer.DONE, remove("later"));
    assertEquals(Set.of(), startActions());
  }

  /** Who waits for a start that cannot be is not waited for any more. */
  @Test
  void aVmThatCannotBeTurnedOnIsNotOn() throws Exception {
    assertEquals(Answer.DONE, control(create(Configurations.vm("vm")), "turn-on"));
    kill(Set.of("vm"));
    VmConfiguration broken =
        Configurations.vm("vm", true, new PortConnection.ToFile(directory, false))
            .with(
                new VmConfiguration.HostStart(
                    VmConfiguration.HostStart.When.ALWAYS, Duration.ZERO));
    create(broken);
    BlockingQueue<Host.VmStarted> started = new LinkedBlockingQueue<>();
    engine.host().tell(new Host.Start(into(started), engine.ignore()));
    assertEquals(
        new Host.VmStarted("vm", new Answer.Refused(directory + ": is a directory")),
        started.take());
    kill(Set.of());
  }
}
