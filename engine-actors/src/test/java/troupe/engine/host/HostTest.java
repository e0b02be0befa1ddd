package troupe.engine.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import troupe.diskio.DiskImage;
import troupe.diskio.ImageFile;
import troupe.diskio.ImageUse;
import troupe.engine.channel.Lines;
import troupe.engine.configuration.PortConnection;
import troupe.engine.configuration.VmConfiguration;
import troupe.engine.input.KeyStroke;
import troupe.engine.pc.PcFactory;
import troupe.engine.vm.Answer;
import troupe.engine.vm.Configurations;
import troupe.engine.vm.DriveSlot;
import troupe.engine.vm.End;
import troupe.engine.vm.Event;
import troupe.engine.vm.FakeMachine;
import troupe.engine.vm.GuestMachine.Stop;
import troupe.engine.vm.GuestMachineFactory;
import troupe.engine.vm.PowerState;
import troupe.engine.vm.Screen;
import troupe.engine.vm.SerialOutput;
import troupe.engine.vm.Status;
import troupe.engine.vm.VirtualMachine;
import troupe.processor.Processor;
import troupe.processor.translator.RegionStore;
import troupe.scheduler.Entitlement;

/** Whole hosts with machines that do as the test says. */
@Timeout(30)
class HostTest {
  private Engine engine;

  /** Starts a host whose VMs run the guest of their name. */
  private void start(Map<String, Function<FakeMachine, Stop>> guests) {
    GuestMachineFactory factory =
        (configuration, goesOn) ->
            FakeMachine.running(guests.get(configuration.name())).prepare(configuration, goesOn);
    engine =
        Engine.start(
            new HostSettings(2, 1000, new Lines(Optional.empty()), factory), ConfigFactory.empty());
  }

  @AfterEach
  void stop() {
    if (engine != null) {
      engine.close();
    }
  }

  private ActorRef<VirtualMachine.Command> create(VmConfiguration configuration) {
    Host.VmCreated created =
        engine.ask(engine.host(), replyTo -> new Host.CreateVm(configuration, replyTo));
    return assertInstanceOf(Host.VmCreated.Created.class, created).vm();
  }

  private ActorRef<VirtualMachine.Command> turnOn(String name) {
    ActorRef<VirtualMachine.Command> vm = create(Configurations.vm(name));
    assertEquals(Answer.DONE, engine.ask(vm, VirtualMachine.TurnOn::new));
    return vm;
  }

  private <T> BlockingQueue<T> queue(
      Class<T> type,
      ActorRef<VirtualMachine.Command> vm,
      Function<ActorRef<T>, VirtualMachine.Command> watch) {
    BlockingQueue<T> queue = new LinkedBlockingQueue<>();
    ActorRef<T> watcher =
        engine.spawn(
            Behaviors.receiveMessage(
                message -> {
                  queue.add(message);
                  return Behaviors.same();
                }),
            type.getSimpleName() + "-watcher");
    vm.tell(watch.apply(watcher));
    return queue;
  }

  private Status status(ActorRef<VirtualMachine.Command> vm) {
    return engine.ask(vm, VirtualMachine.ReadStatus::new);
  }

  /** The end of a VM that may have come before anybody watched. */
  private End waitForEnd(ActorRef<VirtualMachine.Command> vm) {
    while (true) {
      Status status = status(vm);
      if (status.state() == PowerState.TURNED_OFF && status.lastEnd().isPresent()) {
        return status.lastEnd().get();
      }
      Thread.onSpinWait();
    }
  }

  private void assertRuns(ActorRef<VirtualMachine.Command> vm) {
    long before = status(vm).instructions();
    Status now = status(vm);
    while (now.instructions() <= before) {
      assertEquals(PowerState.RUNNING, now.state());
      now = status(vm);
    }
  }

  @Test
  void vmsRunSideBySideAndOneThatThrowsDiesAlone() throws Exception {
    start(
        Map.of(
            "web1", FakeMachine::computeUntilAttention,
            "web2", FakeMachine::computeUntilAttention,
            "bad",
                machine -> {
                  if (machine.runs() > 5) {
                    throw new IllegalStateException("the timer is confused");
                  }
                  return machine.computeUntilAttention();
                }));
    ActorRef<VirtualMachine.Command> web1 = turnOn("web1");
    ActorRef<VirtualMachine.Command> web2 = turnOn("web2");
    ActorRef<VirtualMachine.Command> bad = turnOn("bad");
    End end = waitForEnd(bad);
    assertEquals(End.Cause.FAILED, end.cause());
    assertTrue(
        end.detail().startsWith("processor failed: IllegalStateException: the timer is confused"),
        end.detail());
    assertTrue(end.detail().contains("F000:FFF0"), end.detail());
    assertRuns(web1);
    assertRuns(web2);
    EventLog.Events events = engine.ask(engine.host(), Host.ReadEvents::new);
    assertTrue(
        events.events().stream()
            .anyMatch(event -> event.vm().equals("bad") && event.text().contains("confused")));
  }

  @Test
  void translationIsChargedToTheVm() {
    long nanos = 3_000_000_000L;
    start(
        Map.of(
            "new",
            machine -> {
              machine.translated(machine.runs() == 1 ? nanos : 0);
              return machine.computeUntilAttention();
            }));
    ActorRef<VirtualMachine.Command> vm = turnOn("new");
    Status status = status(vm);
    while (status.usage().used() == 0) {
      status = status(vm);
    }
    assertTrue(status.usage().used() >= nanos, status.toString());
    assertTrue(status.usage().used() < 2 * nanos, "charged once: " + status);
  }

  @Test
  void exhaustedStackAndMemoryStopOneVmOnly() throws Exception {
    start(
        Map.of(
            "good", FakeMachine::computeUntilAttention,
            "deep", HostTest::recurse,
            "greedy",
                machine -> {
                  throw new OutOfMemoryError("Java heap space");
                }));
    ActorRef<VirtualMachine.Command> good = turnOn("good");
    ActorRef<VirtualMachine.Command> deep = turnOn("deep");
    ActorRef<VirtualMachine.Command> greedy = turnOn("greedy");
    assertTrue(waitForEnd(deep).detail().contains("StackOverflowError"));
    assertTrue(waitForEnd(greedy).detail().contains("OutOfMemoryError"));
    assertRuns(good);
    assertEquals(Answer.DONE, engine.ask(deep, VirtualMachine.TurnOn::new));
  }

  @SuppressWarnings("InfiniteRecursion")
  private static Stop recurse(FakeMachine machine) {
    return recurse(machine);
  }

  @Test
  void powerOffResetAndExitPortEndTheVm() throws Exception {
    start(
        Map.of(
            "off", machine -> new Stop.PoweredOff(),
            "reset", machine -> new Stop.ResetRequested(),
            "triple", machine -> new Stop.TripleFault(),
            "exit", machine -> new Stop.ExitPort(21)));
    assertEquals(End.Cause.POWERED_OFF, waitForEnd(turnOn("off")).cause());
    assertEquals(End.Cause.RESET, waitForEnd(turnOn("reset")).cause());
    assertEquals(End.Cause.TRIPLE_FAULT, waitForEnd(turnOn("triple")).cause());
    assertEquals(21, waitForEnd(turnOn("exit")).status());
  }

  @Test
  void aGuestThatResetsGoesOnUnlessToldOtherwise() {
    start(
        Map.of(
            "vm",
            machine ->
                machine.resets() < 3
                    ? new Stop.ResetRequested()
                    : machine.computeUntilAttention()));
    ActorRef<VirtualMachine.Command> vm =
        create(Configurations.vm("vm", false, new PortConnection.Nothing()));
    assertEquals(Answer.DONE, engine.ask(vm, VirtualMachine.TurnOn::new));
    assertRuns(vm);
  }

  @Test
  void aGuestThatResetsAgainAndAgainDoesNotFillTheLog() {
    int resets = 2000;
    start(
        Map.of(
            "vm",
            machine ->
                machine.resets() < resets
                    ? new Stop.ResetRequested()
                    : machine.computeUntilAttention()));
    ActorRef<VirtualMachine.Command> vm =
        create(Configurations.vm("vm", false, new PortConnection.Nothing()));
    long start = System.nanoTime();
    assertEquals(Answer.DONE, engine.ask(vm, VirtualMachine.TurnOn::new));
    assertRuns(vm);
    while (status(vm).instructions() < 1000L * resets) {
      Thread.onSpinWait();
    }
    EventLog.Events log = engine.ask(engine.host(), Host.ReadEvents::new);
    long told = log.events().stream().filter(e -> e.kind() == Event.Kind.RESET).count();
    long seconds = (System.nanoTime() - start) / 1_000_000_000 + 1;
    assertTrue(told >= 20 && told <= 20 + seconds / 5 + 1, "resets told: " + told);
    assertEquals(Event.Kind.TURNED_ON, log.events().getFirst().kind());
  }

  @Test
  void aHaltedGuestWakesUpForInput() throws Exception {
    start(
        Map.of(
            "echo",
            machine -> {
              machine.print(machine.takeReceived());
              return new Stop.Halted();
            }));
    ActorRef<VirtualMachine.Command> vm = turnOn("echo");
    BlockingQueue<SerialOutput> output =
        queue(SerialOutput.class, vm, watcher -> new VirtualMachine.WatchSerial(0, watcher));
    assertEquals(Answer.DONE, send(vm, "hello"));
    assertEquals("hello", new String(output.take().bytes(), StandardCharsets.ISO_8859_1));
  }

  private Answer send(ActorRef<VirtualMachine.Command> vm, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    return engine.ask(vm, replyTo -> new VirtualMachine.SendSerial(0, bytes, replyTo));
  }

  @Test
  void whatTheGuestCannotBeSentIsRefused() {
    start(Map.of("vm", FakeMachine::computeUntilAttention));
    ActorRef<VirtualMachine.Command> vm = create(Configurations.vm("vm"));
    assertEquals(new Answer.Refused("vm is off"), send(vm, "hello"));
    assertEquals(Answer.DONE, engine.ask(vm, VirtualMachine.TurnOn::new));
    String reason = assertInstanceOf(Answer.Refused.class, send(vm, "x".repeat(100_000))).reason();
    assertTrue(reason.contains("0 bytes wait for the guest, and no more than 65536 may"), reason);
    assertEquals(Answer.DONE, send(vm, "hello"));
  }

  @Test
  void aFloodOfCommandsIsRefusedAndHurtsNothing() throws Exception {
    CountDownLatch prepared = new CountDownLatch(1);
    GuestMachineFactory slow =
        (configuration, goesOn) -> {
          try {
            prepared.await();
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
          return FakeMachine.running(FakeMachine::computeUntilAttention)
              .prepare(configuration, goesOn);
        };
    engine =
        Engine.start(
            new HostSettings(2, 1000, new Lines(Optional.empty()), slow), ConfigFactory.empty());
    ActorRef<VirtualMachine.Command> vm = create(Configurations.vm("vm"));
    BlockingQueue<Answer> answers =
        queue(Answer.class, vm, replyTo -> new VirtualMachine.TurnOn(replyTo));
    int flood = 5000;
    BlockingQueue<Answer> refusals = new LinkedBlockingQueue<>();
    ActorRef<Answer> counter =
        engine.spawn(
            Behaviors.receiveMessage(
                answer -> {
                  refusals.add(answer);
                  return Behaviors.same();
                }),
            "counter");
    for (int i = 0; i < flood; i++) {
      vm.tell(new VirtualMachine.SetEntitlement(Entitlement.DEFAULT, counter));
    }
    assertEquals(new Answer.Refused("vm has too many commands waiting"), refusals.take());
    prepared.countDown();
    assertEquals(Answer.DONE, answers.take());
    for (int i = 1; i < flood; i++) {
      refusals.take();
    }
    assertRuns(vm);
  }

  @Test
  void pausedVmsDoNotRun() {
    start(Map.of("vm", FakeMachine::computeUntilAttention));
    ActorRef<VirtualMachine.Command> vm = turnOn("vm");
    assertRuns(vm);
    assertEquals(Answer.DONE, engine.ask(vm, VirtualMachine.Pause::new));
    assertInstanceOf(Answer.Refused.class, engine.ask(vm, VirtualMachine.Pause::new));
    long instructions = status(vm).instructions();
    for (int i = 0; i < 100; i++) {
      assertEquals(instructions, status(vm).instructions());
    }
    assertEquals(Answer.DONE, engine.ask(vm, VirtualMachine.Resume::new));
    assertRuns(vm);
  }

  @Test
  void keysAreTypedInOrder() throws Exception {
    start(Map.of("vm", FakeMachine::computeUntilAttention));
    ActorRef<VirtualMachine.Command> vm = turnOn("vm");
    List<KeyStroke> strokes = new ArrayList<>(KeyStroke.typing("A"));
    strokes.add(KeyStroke.parse("ctrl-alt-delete"));
    assertEquals(
        Answer.DONE,
        engine.<VirtualMachine.Command, Answer>ask(
            vm, replyTo -> new VirtualMachine.Type(strokes, replyTo)));
    Optional<Screen> screen = engine.ask(vm, VirtualMachine.ReadScreen::new);
    assertTrue(
        screen
            .orElseThrow()
            .text()
            .orElseThrow()
            .contains("+shift +a -a -shift +ctrl +alt +delete -delete -alt -ctrl"));
  }

  @Test
  void memoryIsNeverPromisedTwice() {
    int shared = 30;
    HostCapacity capacity =
        new HostCapacity(40 + HostCapacity.OVERHEAD_MIB + shared, (long) shared << 20, 1);
    assertTrue(capacity.request("a", 40, Configurations.vm("a").entitlement()).isEmpty());
    assertTrue(capacity.request("b", 4, Configurations.vm("b").entitlement()).isPresent());
    capacity.release("a");
    assertTrue(capacity.request("b", 41, Configurations.vm("b").entitlement()).isPresent());
    assertTrue(capacity.request("b", 40, Configurations.vm("b").entitlement()).isEmpty());
  }

  /** What is counted is what the code of a PC may take, translated code too. */
  @Test
  void translatedCodeIsCountedForEachVmAndOnceForTheHost() {
    long onHeap = Processor.MOST_CODE_HEAP_BYTES >> 20;
    assertEquals(32 + 96 / 4, onHeap);
    assertTrue(HostCapacity.OVERHEAD_MIB >= onHeap);
    RegionStore store = new RegionStore(RegionStore.Limits.DEFAULT, Runnable::run);
    assertEquals(64 << 20, new PcFactory(System::nanoTime, store).sharedHeapBytes());
    assertEquals(0, new PcFactory(System::nanoTime).sharedHeapBytes());
    engine =
        Engine.start(
            new HostSettings(
                2,
                64 + 15 + HostCapacity.OVERHEAD_MIB,
                new Lines(Optional.empty()),
                new PcFactory(System::nanoTime, store)),
            ConfigFactory.empty());
    Answer answer = engine.ask(create(Configurations.vm("vm")), VirtualMachine.TurnOn::new);
    String reason = assertInstanceOf(Answer.Refused.class, answer).reason();
    assertTrue(reason.contains("needs 96 MiB") && reason.contains(" 95 of 159 MiB"), reason);
  }

  @Test
  void namesAreUnique() {
    start(Map.of("vm", FakeMachine::computeUntilAttention));
    create(Configurations.vm("vm"));
    assertInstanceOf(
        Host.VmCreated.Refused.class,
        engine.<Host.Command, Host.VmCreated>ask(
            engine.host(), replyTo -> new Host.CreateVm(Configurations.vm("vm"), replyTo)));
  }

  @Test
  void aSocketShowsWhatWasSentBeforeItWasConnected(@TempDir Path directory) throws Exception {
    Path socket = directory.resolve("com1.sock");
    start(
        Map.of(
            "vm",
            machine -> {
              if (machine.runs() == 1) {
                machine.print("welcome ");
              }
              machine.print(machine.takeReceived());
              return new Stop.Halted();
            }));
    ActorRef<VirtualMachine.Command> vm =
        create(Configurations.vm("vm", true, new PortConnection.Unix(socket)));
    assertEquals(Answer.DONE, engine.ask(vm, VirtualMachine.TurnOn::new));
    try (SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      client.connect(UnixDomainSocketAddress.of(socket));
      client.write(ByteBuffer.wrap("root".getBytes(StandardCharsets.ISO_8859_1)));
      InputStream in = Channels.newInputStream(client);
      assertEquals("welcome root", new String(in.readNBytes(12), StandardCharsets.ISO_8859_1));
    }
    assertEquals(Answer.DONE, engine.ask(vm, VirtualMachine.TurnOff::new));
    assertTrue(Files.notExists(socket));
  }

  @Test
  void filesHoldAllThatWasSentWhenTheVmIsOff(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("com1.log");
    StringBuilder sent = new StringBuilder();
    start(
        Map.of(
            "vm",
            machine -> {
              for (int i = 0; i < 1000 && sent.length() < 1_000_000; i++) {
                if (!machine.print(String.valueOf((char) ('a' + sent.length() % 26)))) {
                  return machine.computeUntilAttention();
                }
                sent.append((char) ('a' + sent.length() % 26));
              }
              return sent.length() < 1_000_000 ? new Stop.TimeUsed() : new Stop.PoweredOff();
            }));
    ActorRef<VirtualMachine.Command> vm =
        create(Configurations.vm("vm", true, new PortConnection.ToFile(file, false)));
    assertEquals(Answer.DONE, engine.ask(vm, VirtualMachine.TurnOn::new));
    while (status(vm).state() != PowerState.TURNED_OFF) {
      Thread.onSpinWait();
    }
    assertEquals(sent.toString(), Files.readString(file, StandardCharsets.ISO_8859_1));
  }

  @Test
  void whatCannotBeOpenedIsSaidAndNothingStarts(@TempDir Path directory) {
    start(Map.of("vm", FakeMachine::computeUntilAttention));
    ActorRef<VirtualMachine.Command> vm =
        create(Configurations.vm("vm", true, new PortConnection.ToFile(directory, false)));
    Answer answer = engine.ask(vm, VirtualMachine.TurnOn::new);
    assertEquals(new Answer.Refused(directory + ": is a directory"), answer);
    assertEquals(PowerState.TURNED_OFF, status(vm).state());
  }

  private static long threadsOf(String vm) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("vm-" + vm))
        .count();
  }

  /** Names that come and go must not leave a thread each. */
  @Test
  void theThreadOfARemovedVmEnds() throws InterruptedException {
    start(Map.of("brief", FakeMachine::computeUntilAttention));
    for (int again = 0; again < 2; again++) {
      ActorRef<VirtualMachine.Command> vm = turnOn("brief");
      assertEquals(1, threadsOf("brief"));
      assertEquals(Answer.DONE, engine.ask(vm, VirtualMachine.TurnOff::new));
      assertEquals(
          Answer.DONE,
          engine.<Host.Command, Answer>ask(
              engine.host(), replyTo -> new Host.RemoveVm("brief", replyTo)));
      while (threadsOf("brief") > 0) {
        Thread.sleep(50);
      }
    }
  }

  @Test
  void whoIsToldThatAVmIsRemovedFindsItGone() {
    start(Map.of("gone", machine -> new Stop.Halted()));
    for (int again = 0; again < 50; again++) {
      create(Configurations.vm("gone"));
      assertEquals(
          Answer.DONE,
          engine.<Host.Command, Answer>ask(
              engine.host(), replyTo -> new Host.RemoveVm("gone", replyTo)));
      assertEquals(
          Map.of(),
          engine.<Host.Command, Host.VmList>ask(engine.host(), Host.ListVms::new).byName());
    }
  }

  @Test
  void nothingStartsOnAHostThatStops() {
    start(Map.of("slow", FakeMachine::computeUntilAttention, "late", machine -> new Stop.Halted()));
    ActorRef<VirtualMachine.Command> late = create(Configurations.vm("late"));
    turnOn("slow");
    engine.host().tell(new Host.Stop(engine.<Answer>ignore()));
    assertEquals(
        new Answer.Refused("this host stops"), engine.ask(late, VirtualMachine.TurnOn::new));
    VmConfiguration another = Configurations.vm("another");
    assertEquals(
        new Host.VmCreated.Refused("this host stops"),
        engine.<Host.Command, Host.VmCreated>ask(
            engine.host(), replyTo -> new Host.CreateVm(another, replyTo)));
  }

  /** A VM whose PC's figures cannot be read any more: asked for, they end its own actor. */
  @ParameterizedTest
  @ValueSource(classes = {IllegalStateException.class, StackOverflowError.class})
  void aVmWhoseOwnActorFailsIsOffAndCanBeTurnedOnAgain(
      Class<? extends Throwable> failure, @TempDir Path directory) throws Exception {
    Path disk = Files.write(directory.resolve("disk.img"), new byte[1 << 20]);
    AtomicInteger built = new AtomicInteger();
    engine =
        Engine.start(
            new HostSettings(
                2,
                1000,
                new Lines(Optional.empty()),
                (_, _) ->
                    attachments -> {
                      boolean broken = built.incrementAndGet() == 1;
                      return new FakeMachine(attachments, FakeMachine::computeUntilAttention) {
                        @Override
                        public long codeBytes() {
                          if (broken) {
                            HostTest.<RuntimeException>raise(failure);
                          }
                          return super.codeBytes();
                        }
                      };
                    }),
            ConfigFactory.empty());
    VmConfiguration configuration =
        Configurations.vm("vm")
            .with(
                Map.of(
                    DriveSlot.HDA,
                    new VmConfiguration.Drive(VmConfiguration.DriveKind.DISK, Optional.of(disk))));
    ActorRef<VirtualMachine.Command> first = create(configuration);
    assertEquals(Answer.DONE, engine.ask(first, VirtualMachine.TurnOn::new));
    first.tell(new VirtualMachine.ReadStatus(engine.ignore()));
    ActorRef<VirtualMachine.Command> second = first;
    while (second.equals(first)) {
      Host.Found found = engine.ask(engine.host(), replyTo -> new Host.FindVm("vm", replyTo));
      second = found.vm().orElse(first);
    }
    Status status = status(second);
    assertEquals(PowerState.TURNED_OFF, status.state());
    End end = status.lastEnd().orElseThrow();
    assertEquals(End.Cause.FAILED, end.cause());
    assertTrue(end.detail().contains(failure.getSimpleName()), end.detail());
    assertTrue(
        engine.ask(engine.host(), Host.ReadEvents::new).events().stream()
            .anyMatch(event -> event.kind() == Event.Kind.FAILED));
    assertEquals(Answer.DONE, engine.ask(second, VirtualMachine.TurnOn::new), "with its disk");
    assertRuns(second);
    assertEquals(Answer.DONE, engine.ask(second, VirtualMachine.TurnOff::new));
    try (DiskImage image = ImageFile.open(disk, ImageUse.HARD_DISK, ImageFile.Access.READ_WRITE)) {
      assertFalse(image.readOnly());
    }
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void raise(Class<? extends Throwable> failure) throws T {
    try {
      throw (T) failure.getConstructor(String.class).newInstance("the counter is confused");
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void figuresAreThoseOfTheMachine() {
    start(Map.of("vm", FakeMachine::computeUntilAttention));
    Status status = status(turnOn("vm"));
    assertEquals(FakeMachine.CODE_BYTES, status.codeBytes());
    assertEquals(FakeMachine.NETWORK, status.network());
  }

  /** A paused guest cannot shut down, and is not waited for. */
  @Test
  void stoppingTheHostShutsGuestsDown() throws Exception {
    Function<FakeMachine, Stop> guest =
        machine ->
            machine.powerButtonPressed() ? new Stop.PoweredOff() : machine.computeUntilAttention();
    start(Map.of("obeys", guest, "paused", guest));
    Map<String, BlockingQueue<End>> ends = new LinkedHashMap<>();
    for (String name : List.of("obeys", "paused")) {
      ActorRef<VirtualMachine.Command> vm =
          create(Configurations.vm(name).with(VmConfiguration.HostStop.SHUT_DOWN));
      assertEquals(Answer.DONE, engine.ask(vm, VirtualMachine.TurnOn::new));
      BlockingQueue<End> queue = new LinkedBlockingQueue<>();
      ends.put(name, queue);
      vm.tell(
          new VirtualMachine.WatchEnd(
              engine.spawn(
                  Behaviors.receiveMessage(
                      end -> {
                        queue.add(end);
                        return Behaviors.same();
                      }),
                  "end-of-" + name)));
      if (name.equals("paused")) {
        assertEquals(Answer.DONE, engine.ask(vm, VirtualMachine.Pause::new));
      }
    }
    Answer _ = engine.ask(engine.host(), Host.Stop::new);
    assertEquals(End.Cause.POWERED_OFF, ends.get("obeys").take().cause());
    assertEquals(End.Cause.TURNED_OFF, ends.get("paused").take().cause());
  }

  @Test
  void stoppingTheHostTurnsEverythingOff() {
    start(Map.of("a", FakeMachine::computeUntilAttention, "b", machine -> new Stop.Halted()));
    turnOn("a");
    turnOn("b");
    engine.close();
    engine = null;
  }
}
