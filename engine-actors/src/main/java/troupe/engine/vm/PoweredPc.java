package troupe.engine.vm;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.devices.outside.BlockPort;
import troupe.devices.outside.ByteSink;
import troupe.diskio.DiskChannel;
import troupe.engine.channel.Line;
import troupe.engine.channel.LineChannel;
import troupe.engine.configuration.PortConnection;
import troupe.engine.configuration.VmConfiguration;
import troupe.engine.thread.VmThread;
import troupe.scheduler.Scheduler;

/**
 * The PC of a VM from power-on to power-off: the machine, and one actor for each of its parts, all
 * children of the VM and on its thread.
 */
final class PoweredPc {
  static final Duration LONGEST_OPEN = Duration.ofSeconds(20);

  private static final String PARALLEL = "lpt1";

  /**
   * What is opened and read, by blocking calls, before a PC is built.
   *
   * @param lines by the name of the port's actor
   * @param images what is in the drives
   * @param saved the state that the PC goes on from, instead of being switched on
   */
  record Supplies(
      GuestMachineFactory.Kit kit,
      Map<String, Line> lines,
      Map<DriveSlot, OpenedImage> images,
      Optional<GuestMachine.Snapshot> saved) {
    static Supplies gather(
        VmConfiguration configuration,
        Optional<GuestMachine.Snapshot> saved,
        HostServices host,
        ActorRef<?> owner,
        ActorRef<DiskChannel.Space> space,
        ActorSystem<?> system)
        throws IOException {
      Map<String, Line> lines = new LinkedHashMap<>();
      Map<DriveSlot, OpenedImage> images = new EnumMap<>(DriveSlot.class);
      Supplies supplies =
          new Supplies(
              host.machines().prepare(configuration, saved.isPresent()), lines, images, saved);
      try {
        for (Map.Entry<DriveSlot, VmConfiguration.Drive> drive :
            configuration.drives().entrySet()) {
          if (drive.getValue().image().isPresent()) {
            images.put(drive.getKey(), open(drive.getValue(), host, owner, space, system));
          }
        }
        for (Map.Entry<String, PortConnection> port : connections(configuration).entrySet()) {
          PortConnection connection = port.getValue();
          lines.put(
              port.getKey(),
              host.lines().open(saved.isPresent() ? connection.continued() : connection));
        }
      } catch (IOException e) {
        supplies.close(system);
        throw e;
      }
      return supplies;
    }

    private static Map<String, PortConnection> connections(VmConfiguration configuration) {
      Map<String, PortConnection> connections = new LinkedHashMap<>();
      configuration
          .serial()
          .forEach((port, connection) -> connections.put(serialName(port), connection));
      configuration.parallel().ifPresent(connection -> connections.put(PARALLEL, connection));
      configuration
          .portLogs()
          .forEach(
              (port, file) ->
                  connections.put(logName(port), new PortConnection.ToFile(file, true)));
      return connections;
    }

    private static OpenedImage open(
        VmConfiguration.Drive drive,
        HostServices host,
        ActorRef<?> owner,
        ActorRef<DiskChannel.Space> space,
        ActorSystem<?> system)
        throws IOException {
      Path file = drive.image().orElseThrow();
      Images.Outcome outcome =
          AskPattern.<Images, Images.Outcome>ask(
                  host.images(),
                  replyTo ->
                      new Images.Open(
                          owner, file, drive.kind().use(), drive.hostCache(), space, replyTo),
                  LONGEST_OPEN,
                  system.scheduler())
              .toCompletableFuture()
              .join();
      return switch (outcome) {
        case Images.Outcome.Opened(OpenedImage image) -> image;
        case Images.Outcome.Refused(String reason) -> throw new IOException(reason);
      };
    }

    void close(ActorSystem<?> system) {
      lines.values().forEach(PoweredPc::close);
      images
          .values()
          .forEach(image -> image.channel().tell(new DiskChannel.Close(0, system.ignoreRef())));
    }
  }

  private final ActorContext<VirtualMachine.Command> context;
  private final VmConfiguration configuration;
  private final HostServices host;
  private final Consumer<String> failed;
  private final VmThread thread;
  private final Map<String, Line> lines;
  private final Map<String, PortOutput> outputs = new LinkedHashMap<>();
  private final Map<Integer, ActorRef<SerialPort.Command>> serialPorts = new HashMap<>();
  private final Map<String, ActorRef<SerialPort.Command>> ports = new LinkedHashMap<>();
  private final List<ActorRef<?>> parts = new ArrayList<>();
  private final Set<ActorRef<?>> alive = new HashSet<>();
  private final DrivePort.Tags tags = new DrivePort.Tags();
  private final Map<DriveSlot, DrivePort> media = new EnumMap<>(DriveSlot.class);
  private final Map<DriveSlot, ActorRef<DriveController.Command>> controllers =
      new EnumMap<>(DriveSlot.class);
  private final Set<Long> openImages = new HashSet<>();
  private long flushes;
  private final GuestMachine machine;
  private final ActorRef<VirtualProcessor.Command> processor;
  private ActorRef<Keyboard.Command> keyboard;
  private ActorRef<Mouse.Command> mouse;
  private ActorRef<Display.Command> display;

  /**
   * Builds the PC and starts its actors; it runs after {@link #run}.
   *
   * @param stopped told what the guest did that the VM must decide on
   * @param failed told, with a report, that a part threw
   */
  PoweredPc(
      ActorContext<VirtualMachine.Command> context,
      VmConfiguration configuration,
      HostServices host,
      Supplies supplies,
      Consumer<GuestMachine.Stop> stopped,
      Consumer<String> failed) {
    this.context = context;
    this.configuration = configuration;
    this.host = host;
    this.failed = failed;
    this.lines = supplies.lines();
    thread = host.threads().thread(configuration.name());
    lines.keySet().forEach(name -> outputs.put(name, new PortOutput()));
    supplies.images().forEach((slot, image) -> media.put(slot, new DrivePort(slot, image, tags)));
    machine = supplies.kit().assemble(attachments());
    supplies.saved().ifPresent(machine::restore);
    thread.onAttention(machine::requestAttention);
    processor =
        spawn(
            "processor",
            VirtualProcessor.Command.class,
            VirtualProcessor.create(
                configuration.name(),
                machine,
                thread,
                host.alarms(),
                host.scheduler(),
                configuration.entitlement(),
                this::flushOutputs,
                this::awaitsDisk,
                report ->
                    host.events()
                        .tell(new Event(configuration.name(), Event.Kind.NOT_RESPONDING, report)),
                stopped::accept),
            () -> {});
    machine.units().forEach(this::spawnUnit);
    lines.forEach(
        (name, line) -> {
          if (!ports.containsKey(name)) {
            spawnPort(name, line, OUTPUT_ONLY);
          }
        });
  }

  private static final SerialPort.Chip OUTPUT_ONLY =
      new SerialPort.Chip() {
        @Override
        public boolean receive(int value) {
          return true;
        }

        @Override
        public void sinkReady() {}
      };

  private static String serialName(int port) {
    return "com" + (port + 1);
  }

  private static String logName(int port) {
    return "port-%xh".formatted(port);
  }

  private GuestMachineFactory.Attachments attachments() {
    Map<Integer, ByteSink> serial = new HashMap<>();
    configuration.serial().keySet().forEach(port -> serial.put(port, sink(serialName(port))));
    Map<Integer, ByteSink> logs = new HashMap<>();
    configuration.portLogs().keySet().forEach(port -> logs.put(port, sink(logName(port))));
    return new GuestMachineFactory.Attachments(Map.copyOf(media), serial, sink(PARALLEL), logs);
  }

  private ByteSink sink(String name) {
    PortOutput output = outputs.get(name);
    return output == null ? ByteSink.NONE : output;
  }

  // ---- Parts

  private void spawnUnit(GuestMachine.Unit unit) {
    switch (unit.kind()) {
      case SERIAL -> {
        if (lines.containsKey(unit.name())) {
          int port = unit.index();
          serialPorts.put(port, spawnPort(unit.name(), lines.get(unit.name()), serialChip(port)));
        }
      }
      case KEYBOARD ->
          keyboard =
              spawn(unit.name(), Keyboard.Command.class, Keyboard.create(machine::key), this::poke);
      case MOUSE ->
          mouse = spawn(unit.name(), Mouse.Command.class, Mouse.create(machine), this::poke);
      case DISPLAY ->
          display =
              spawn(unit.name(), Display.Command.class, Display.create(machine::screen), () -> {});
      case IDE -> spawnController(unit, slot -> !slot.floppy());
      case FLOPPY -> spawnController(unit, DriveSlot::floppy);
      case PARALLEL -> {
        if (lines.containsKey(unit.name())) {
          spawnPort(unit.name(), lines.get(unit.name()), parallelChip());
        }
      }
      case BOARD -> spawn(unit.name(), OtherUnit.Command.class, OtherUnit.create(), () -> {});
    }
  }

  private ActorRef<SerialPort.Command> spawnPort(String name, Line line, SerialPort.Chip chip) {
    ActorRef<SerialPort.Command> port =
        spawn(
            name,
            SerialPort.Command.class,
            SerialPort.create(name, chip, outputs.get(name), line),
            this::poke);
    ports.put(name, port);
    return port;
  }

  private void spawnController(GuestMachine.Unit unit, Predicate<DriveSlot> isIts) {
    List<DrivePort> ports =
        media.values().stream().filter(port -> isIts.test(port.slot())).toList();
    ActorRef<DriveController.Command> controller =
        spawn(
            unit.name(),
            DriveController.Command.class,
            DriveController.create(driveChip(), ports),
            this::poke);
    Stream.of(DriveSlot.values()).filter(isIts).forEach(slot -> controllers.put(slot, controller));
  }

  private DriveController.Chip driveChip() {
    return new DriveController.Chip() {
      @Override
      public void insert(DriveSlot slot, BlockPort medium) {
        machine.insert(slot, medium);
      }

      @Override
      public void eject(DriveSlot slot) {
        machine.eject(slot);
      }
    };
  }

  private SerialPort.Chip parallelChip() {
    return new SerialPort.Chip() {
      @Override
      public boolean receive(int value) {
        return true;
      }

      @Override
      public void sinkReady() {
        machine.parallelSinkReady();
      }
    };
  }

  private SerialPort.Chip serialChip(int port) {
    return new SerialPort.Chip() {
      @Override
      public boolean receive(int value) {
        return machine.receiveSerial(port, value);
      }

      @Override
      public void sinkReady() {
        machine.serialSinkReady(port);
      }

      @Override
      public void onRoom(Runnable listener) {
        machine.onSerialRoom(port, listener);
      }
    };
  }

  private <T> ActorRef<T> spawn(
      String name, Class<T> messages, Behavior<T> behavior, Runnable after) {
    ActorRef<T> part =
        context.spawn(
            Contained.in(messages, failure -> partFailed(name, failure), after, behavior),
            name,
            host.threads().dispatcher(configuration.name()));
    context.watch(part);
    parts.add(part);
    alive.add(part);
    return part;
  }

  private void partFailed(String name, Throwable failure) {
    failed.accept(FailureReport.of(name, failure, Optional.of(machine)));
  }

  private void flushOutputs() {
    outputs.values().forEach(PortOutput::flush);
  }

  // ---- While on

  void reset() {
    guarded(machine::reset);
  }

  void powerButton() {
    guarded(machine::powerButton);
  }

  /** Answers with what is on the screen, when its turn comes. */
  void readScreen(ActorRef<Optional<Screen>> replyTo) {
    display.tell(new Display.Read(replyTo));
  }

  /** What is on the screen now; empty if the machine cannot say. */
  Optional<Screen> screen() {
    try {
      return Optional.of(machine.screen());
    } catch (RuntimeException | Error e) {
      return Optional.empty();
    }
  }

  long instructions() {
    return machine.instructions();
  }

  long virtualNanos() {
    return machine.virtualNanos();
  }

  long codeBytes() {
    return machine.codeBytes();
  }

  NetworkTraffic network() {
    return machine.network();
  }

  DiskTraffic traffic() {
    return tags.traffic();
  }

  String describe() {
    return FailureReport.describe(machine);
  }

  /** Does something to the whole machine, outside the actors of its parts. */
  private void guarded(Runnable action) {
    try {
      action.run();
      poke();
    } catch (RuntimeException | Error e) {
      partFailed("chassis", e);
    }
  }

  void run() {
    processor.tell(VirtualProcessor.Run.INSTANCE);
  }

  void hold() {
    processor.tell(VirtualProcessor.Hold.INSTANCE);
  }

  // ---- Saving

  /** As {@link #hold}; {@code done} runs, on the VM's thread, when the guest stands still. */
  void settle(Runnable done) {
    processor.tell(new VirtualProcessor.Settle(done));
  }

  /** Whether nothing is under way that a snapshot could not hold. */
  boolean idle() {
    return machine.idle() && media.values().stream().allMatch(DrivePort::idle);
  }

  private boolean awaitsDisk() {
    for (DrivePort port : media.values()) {
      if (!port.idle()) {
        return true;
      }
    }
    return false;
  }

  /** A tag for {@link #flushImages}: never one of another round, nor of an image that is closed. */
  long nextFlush() {
    return --flushes;
  }

  /** Puts all images on stable storage; how many answers there will be, which carry {@code tag}. */
  int flushImages(long tag, ActorRef<DiskChannel.Completed> replyTo) {
    media
        .values()
        .forEach(port -> port.image().channel().tell(new DiskChannel.Flush(tag, replyTo)));
    return media.size();
  }

  GuestMachine.Snapshot snapshot() {
    return machine.save();
  }

  /** What is in the drives: file by slot. */
  Map<DriveSlot, Path> media() {
    Map<DriveSlot, Path> files = new EnumMap<>(DriveSlot.class);
    media.forEach((slot, port) -> files.put(slot, port.image().file()));
    return files;
  }

  /** Something happened that the guest may be waiting for. */
  void poke() {
    processor.tell(VirtualProcessor.Poke.INSTANCE);
  }

  void watchSerial(int port, ActorRef<SerialOutput> watcher) {
    ActorRef<SerialPort.Command> actor = serialPorts.get(port);
    if (actor != null) {
      actor.tell(new SerialPort.Watch(watcher));
    }
  }

  /** Whether the guest has locked the drive; if so it is asked to let go of what is in it. */
  boolean refusesToEject(DriveSlot slot) {
    boolean refuses = machine.refusesToEject(slot);
    poke();
    return refuses;
  }

  void insert(DriveSlot slot, OpenedImage image) {
    DrivePort port = new DrivePort(slot, image, tags);
    media.put(slot, port);
    controllers.get(slot).tell(new DriveController.Insert(slot, port));
  }

  void eject(DriveSlot slot) {
    media.remove(slot);
    controllers.get(slot).tell(new DriveController.Eject(slot));
  }

  void toDevice(VirtualMachine.DeviceCommand command) {
    switch (command) {
      case VirtualMachine.SendSerial(int port, byte[] bytes, ActorRef<Answer> replyTo) -> {
        ActorRef<SerialPort.Command> actor = serialPorts.get(port);
        if (actor != null) {
          actor.tell(new SerialPort.Send(bytes, replyTo));
        } else {
          replyTo.tell(
              new Answer.Refused(
                  "%s has no serial port COM%d".formatted(configuration.name(), port + 1)));
        }
      }
      case VirtualMachine.Type(var strokes, var replyTo) ->
          keyboard.tell(new Keyboard.Type(strokes, replyTo));
      case VirtualMachine.MoveMouse(int dx, int dy) -> mouse.tell(new Mouse.Move(dx, dy, 0));
      case VirtualMachine.PressButton(MouseButton button, boolean down) ->
          mouse.tell(new Mouse.Press(button, down));
    }
  }

  // ---- Stopping

  /** Begins to stop all parts and to close all lines; {@link #stopped} tells when it is done. */
  void stop(ActorRef<LineChannel.Closed> closedTo, ActorRef<DiskChannel.Completed> imageClosedTo) {
    thread.onAttentionNothing();
    host.scheduler().tell(new Scheduler.Unregister(configuration.name()));
    ports.values().forEach(port -> port.tell(new SerialPort.Close(closedTo)));
    media
        .values()
        .forEach(
            port -> {
              long tag = openImages.size();
              openImages.add(tag);
              port.image().channel().tell(new DiskChannel.Close(tag, imageClosedTo));
            });
    for (ActorRef<?> part : parts) {
      if (!ports.containsValue(part)) {
        context.stop(part);
      }
    }
  }

  boolean stopped() {
    return alive.isEmpty() && openImages.isEmpty();
  }

  void imageClosed(long tag) {
    openImages.remove(tag);
  }

  void lineClosed(String name) {
    context.stop(ports.get(name));
  }

  /** Every power state that has this PC takes note of the end of its parts; it stays what it is. */
  Behavior<VirtualMachine.Command> partEnded(Terminated part) {
    alive.remove(part.getRef());
    return Behaviors.same();
  }

  private static void close(Line line) {
    try {
      line.close();
    } catch (IOException e) {
      // Nothing is lost that could still be saved.
    }
  }
}
