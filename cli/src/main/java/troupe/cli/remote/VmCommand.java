package troupe.cli.remote;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import troupe.cli.CommandGroup;
import troupe.cli.UsageException;
import troupe.client.RefusedException;
import troupe.client.TroupeClient;
import troupe.client.protocol.VmAction;
import troupe.client.protocol.VmInfo;

/** {@code troupe vm}: the VMs of a daemon. */
@Command(
    description = "Lists, makes, changes and controls the VMs of a daemon.",
    mixinStandardHelpOptions = true)
public final class VmCommand implements CommandGroup, Callable<Integer> {
  private static final PrintStream OUT = System.out;

  @Override
  public List<Member> members() {
    return List.of(
        Member.annotated("list", () -> new ListAll()),
        Member.annotated("show", () -> new Show()),
        Member.annotated("create", () -> new Create()),
        Member.annotated("set", () -> new Change()),
        Member.annotated("turn-on", () -> new TurnOn()),
        Member.annotated("pause", () -> new Pause()),
        Member.annotated("resume", () -> new Resume()),
        Member.annotated("save", () -> new Save()),
        Member.annotated("restore", () -> new Restore()),
        Member.annotated("discard-saved-state", () -> new DiscardSavedState()),
        Member.annotated("shut-down", () -> new ShutDown()),
        Member.annotated("turn-off", () -> new TurnOff()),
        Member.annotated("reset", () -> new Reset()),
        Member.annotated("remove", () -> new Remove()));
  }

  @Override
  public Integer call() throws UsageException {
    throw new UsageException("say what to do: troupe vm --help lists it");
  }

  private static String[] row(VmInfo vm) {
    return new String[] {
      vm.name(),
      vm.state().word(),
      vm.memoryMib() + " MiB",
      String.valueOf(vm.cpu().weight()),
      vm.cpu().reserve() + "%",
      vm.cpu().maximum() + "%",
      Table.number(vm.cpu().usedSeconds()) + " s",
      Table.number(vm.cpu().waitedSeconds()) + " s",
      Table.number(vm.cpu().cappedSeconds()) + " s"
    };
  }

  @Command(description = "All VMs: state, memory and CPU.", mixinStandardHelpOptions = true)
  static final class ListAll implements Callable<Integer> {
    @Mixin private Connection connection;

    @Override
    public Integer call() throws UsageException {
      return connection.with(
          client -> {
            List<VmInfo> vms = TroupeClient.await(client.vms());
            if (connection.json) {
              OUT.println(Json.of(vms));
              return;
            }
            Table table =
                new Table()
                    .row(
                        "NAME", "STATE", "MEMORY", "WEIGHT", "RESERVE", "MAXIMUM", "USED", "WAITED",
                        "CAPPED");
            vms.forEach(vm -> table.row(row(vm)));
            table.lines().forEach(OUT::println);
          });
    }
  }

  @Command(aliases = "info", description = "One VM.", mixinStandardHelpOptions = true)
  static final class Show implements Callable<Integer> {
    @Mixin private Connection connection;

    @Parameters(paramLabel = "NAME", description = "The VM.")
    private String name;

    @Override
    public Integer call() throws UsageException {
      return connection.with(
          client -> {
            VmInfo vm = TroupeClient.await(client.vm(name));
            if (connection.json) {
              OUT.println(Json.of(vm));
              return;
            }
            Map<String, String> lines = new LinkedHashMap<>();
            lines.put("name", vm.name());
            lines.put("state", vm.state().word());
            lines.put("memory", vm.memoryMib() + " MiB");
            lines.put(
                "CPU",
                "weight %d, reserve %d%%, maximum %d%%"
                    .formatted(vm.cpu().weight(), vm.cpu().reserve(), vm.cpu().maximum()));
            lines.put(
                "CPU time",
                "used %s s, waited %s s, capped %s s"
                    .formatted(
                        Table.number(vm.cpu().usedSeconds()),
                        Table.number(vm.cpu().waitedSeconds()),
                        Table.number(vm.cpu().cappedSeconds())));
            lines.put(
                "disks",
                "read %s in %d, wrote %s in %d"
                    .formatted(
                        Table.bytes(vm.disk().bytesRead()),
                        vm.disk().reads(),
                        Table.bytes(vm.disk().bytesWritten()),
                        vm.disk().writes()));
            if (vm.network().adapters() > 0) {
              lines.put(
                  "network",
                  "received %s, sent %s"
                      .formatted(
                          Table.bytes(vm.network().bytesReceived()),
                          Table.bytes(vm.network().bytesSent())));
            }
            lines.put(
                "code",
                "%s of %s at most"
                    .formatted(Table.bytes(vm.code().bytes()), Table.bytes(vm.code().mostBytes())));
            lines.put(
                "guest",
                "%s s, %d instructions"
                    .formatted(Table.number(vm.guestSeconds()), vm.instructions()));
            if (!vm.lastEnd().isEmpty()) {
              lines.put("last end", vm.lastEnd().lines().findFirst().orElse(""));
            }
            lines.forEach((label, value) -> OUT.printf("%-9s %s%n", label + ":", value));
          });
    }
  }

  @Command(
      description = "Makes a VM, off, and the folder of its configuration.",
      mixinStandardHelpOptions = true)
  static final class Create implements Callable<Integer> {
    @Mixin private Connection connection;

    @Parameters(index = "0", paramLabel = "NAME", description = "Letters, digits, hyphens, dots.")
    private String name;

    @Parameters(
        index = "1..*",
        paramLabel = "KEY=VALUE",
        description = "Such as memory=\"64 MiB\" or cpu.weight=200.")
    private List<String> values = List.of();

    @Option(
        names = "--config",
        paramLabel = "FILE",
        description =
            "HOCON, as a VM's section of a deployment. Relative file names in it start at the VM's"
                + " folder on the daemon's host.")
    private Path file;

    @Override
    public Integer call() throws UsageException {
      Map<String, String> changes = keys(values);
      String text;
      try {
        text = file == null ? "" : Files.readString(file);
      } catch (IOException e) {
        throw new UsageException(file + ": cannot be read: " + e.getMessage());
      }
      return connection.with(
          client -> {
            TroupeClient.await(client.create(name, text));
            if (!changes.isEmpty()) {
              try {
                TroupeClient.await(client.set(name, changes));
              } catch (RuntimeException e) {
                TroupeClient.await(client.control(name, VmAction.REMOVE));
                throw e;
              }
            }
          });
    }
  }

  @Command(
      description =
          "Changes a VM's configuration: CPU and host actions at once, the rest while off.",
      mixinStandardHelpOptions = true)
  static final class Change implements Callable<Integer> {
    @Mixin private Connection connection;

    @Parameters(index = "0", paramLabel = "NAME", description = "The VM.")
    private String name;

    @Parameters(
        index = "1..*",
        arity = "1..*",
        paramLabel = "KEY=VALUE",
        description = "Such as cpu.weight=400 or memory=\"64 MiB\".")
    private List<String> values;

    @Override
    public Integer call() throws UsageException {
      Map<String, String> changes = keys(values);
      return connection.with(client -> TroupeClient.await(client.set(name, changes)));
    }
  }

  private static Map<String, String> keys(List<String> values) throws UsageException {
    Map<String, String> changes = new LinkedHashMap<>();
    for (String value : values) {
      int equals = value.indexOf('=');
      if (equals < 1) {
        throw new UsageException("\"" + value + "\" is not KEY=VALUE");
      }
      if (changes.put(value.substring(0, equals), value.substring(equals + 1)) != null) {
        throw new UsageException(value.substring(0, equals) + " is there twice");
      }
    }
    return changes;
  }

  /** What is done with one VM or several, one after another; all are tried. */
  abstract static class Control implements Callable<Integer> {
    private final VmAction action;

    @Mixin private Connection connection;

    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "NAME", arity = "1..*", description = "The VMs.")
    private List<String> names;

    Control(VmAction action) {
      this.action = action;
    }

    @Override
    public Integer call() throws UsageException {
      return connection.with(
          client -> {
            List<RefusedException> refusals = new ArrayList<>();
            for (String name : names) {
              try {
                TroupeClient.await(client.control(name, action));
              } catch (RefusedException e) {
                refusals.add(e);
              }
            }
            if (!refusals.isEmpty()) {
              RefusedException last = refusals.removeLast();
              refusals.forEach(
                  e -> System.err.printf("%s: %s%n", spec.qualifiedName(), e.getMessage()));
              throw last;
            }
          });
    }
  }

  @Command(
      aliases = "start",
      description = "Turns VMs on; goes on from a saved state if there is one.",
      mixinStandardHelpOptions = true)
  static final class TurnOn extends Control {
    TurnOn() {
      super(VmAction.TURN_ON);
    }
  }

  @Command(description = "Holds VMs.", mixinStandardHelpOptions = true)
  static final class Pause extends Control {
    Pause() {
      super(VmAction.PAUSE);
    }
  }

  @Command(description = "Lets VMs go on.", mixinStandardHelpOptions = true)
  static final class Resume extends Control {
    Resume() {
      super(VmAction.RESUME);
    }
  }

  @Command(description = "Saves the state of VMs, which go off.", mixinStandardHelpOptions = true)
  static final class Save extends Control {
    Save() {
      super(VmAction.SAVE);
    }
  }

  @Command(description = "Goes on from saved states.", mixinStandardHelpOptions = true)
  static final class Restore extends Control {
    Restore() {
      super(VmAction.RESTORE);
    }
  }

  @Command(description = "Throws saved states away.", mixinStandardHelpOptions = true)
  static final class DiscardSavedState extends Control {
    DiscardSavedState() {
      super(VmAction.DISCARD_SAVED_STATE);
    }
  }

  @Command(
      description = "Presses the power button: guests shut down by themselves.",
      mixinStandardHelpOptions = true)
  static final class ShutDown extends Control {
    ShutDown() {
      super(VmAction.SHUT_DOWN);
    }
  }

  @Command(aliases = "stop", description = "Pulls the plug.", mixinStandardHelpOptions = true)
  static final class TurnOff extends Control {
    TurnOff() {
      super(VmAction.TURN_OFF);
    }
  }

  @Command(description = "As the reset button.", mixinStandardHelpOptions = true)
  static final class Reset extends Control {
    Reset() {
      super(VmAction.RESET);
    }
  }

  @Command(
      description = "Forgets VMs that are off; their files stay.",
      mixinStandardHelpOptions = true)
  static final class Remove extends Control {
    Remove() {
      super(VmAction.REMOVE);
    }
  }
}
