package troupe.cli.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.stream.javadsl.Sink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import troupe.client.AccessKey;
import troupe.client.RefusedException;
import troupe.client.Remoting;
import troupe.client.ServerAddress;
import troupe.client.TroupeClient;
import troupe.client.protocol.VmAction;
import troupe.client.protocol.VmEvent;
import troupe.client.protocol.VmInfo;
import troupe.client.protocol.VmState;
import troupe.engine.channel.Lines;
import troupe.engine.configuration.Deployment;
import troupe.engine.configuration.DeploymentReader;
import troupe.engine.configuration.VmConfiguration;
import troupe.engine.host.Engine;
import troupe.engine.host.Host;
import troupe.engine.host.HostSettings;
import troupe.engine.pc.PcFactory;

/** A daemon and a client, two actor systems that have nothing but TLS between them. */
@Timeout(300)
class ApiTest {
  /** Echoes what comes through COM1, each byte plus one. */
  private static final int[] ECHO = {
    0xBA,
    0xFD,
    0x03,
    0xEC,
    0xA8,
    0x01,
    0x74,
    0xF8, // mov dx, 3FDh; in al, dx; test al, 1; jz
    0xBA,
    0xF8,
    0x03,
    0xEC,
    0xFE,
    0xC0,
    0xEE,
    0xEB,
    0xEF // in al, dx; inc al; out dx, al; jmp
  };

  @TempDir Path directory;
  private ServerAddress address;
  private Path key;
  private Engine engine;

  @BeforeEach
  void start() throws Exception {
    bios("loop.bin", 0x66, 0x40, 0xEB, 0xFC);
    bios("echo.bin", ECHO);
    try (ServerSocket free = new ServerSocket(0)) {
      address = new ServerAddress("127.0.0.1", free.getLocalPort());
    }
    key = directory.resolve("access.p12");
    AccessKey.make(key);
    startDaemon();
  }

  private void startDaemon() throws Exception {
    Path file = directory.resolve("host.conf");
    Files.writeString(
        file,
        """
        troupe.virtual-machines {
          loop { memory = 8 MiB, bios = "loop.bin", cpu.weight = 100 }
          echo { memory = 8 MiB, bios = "echo.bin", serial { 1 { file = "com1.log" } } }
        }
        """);
    Deployment deployment = DeploymentReader.read(file);
    HostSettings settings =
        new HostSettings(
            1,
            200,
            new Lines(Optional.empty()),
            new PcFactory(System::nanoTime),
            Optional.of(deployment.savedStates()));
    engine = Engine.start(settings, Remoting.settings(address.host(), address.port(), key));
    for (VmConfiguration vm : deployment.machines()) {
      engine.<Host.Command, Host.VmCreated>ask(
          engine.host(), replyTo -> new Host.CreateVm(vm, replyTo));
    }
    engine.spawn(
        Api.create(settings, "test", deployment.files(), engine.host()), TroupeClient.ACTOR);
  }

  private void bios(String name, int... code) throws IOException {
    byte[] image = new byte[1 << 16];
    for (int i = 0; i < code.length; i++) {
      image[0xE000 + i] = (byte) code[i];
    }
    int[] jump = {0xEA, 0x00, 0xE0, 0x00, 0xF0};
    for (int i = 0; i < jump.length; i++) {
      image[0xFFF0 + i] = (byte) jump[i];
    }
    Files.write(directory.resolve(name), image);
  }

  @AfterEach
  void stop() {
    engine.close();
  }

  private static void assertRefused(String part, java.util.concurrent.CompletionStage<?> stage) {
    String message =
        assertThrows(RefusedException.class, () -> TroupeClient.await(stage)).getMessage();
    assertTrue(message.contains(part), message);
  }

  @Test
  void aClientListsStartsChangesSavesAndRemoves() throws Exception {
    try (TroupeClient client = TroupeClient.connect(address, key)) {
      assertEquals(2, TroupeClient.await(client.host()).virtualMachines());
      assertEquals(
          List.of("loop", "echo"),
          TroupeClient.await(client.vms()).stream().map(VmInfo::name).toList());
      TroupeClient.await(client.control("loop", VmAction.TURN_ON));
      TroupeClient.await(client.set("loop", Map.of("cpu.weight", "400", "cpu.maximum", "50")));
      VmInfo loop = TroupeClient.await(client.vm("loop"));
      assertEquals(VmState.RUNNING, loop.state());
      assertEquals(400, loop.cpu().weight());
      assertEquals(50, loop.cpu().granted(), 0.01);
      assertRefused("is on: only", client.set("loop", Map.of("memory", "16 MiB")));
      assertRefused("there is no key", client.set("loop", Map.of("colour", "red")));
      assertRefused("must be 1 to 10000", client.set("loop", Map.of("cpu.weight", "0")));
      assertRefused("there is no VM named", client.control("nobody", VmAction.RESET));
      assertRefused("is on already", client.control("loop", VmAction.TURN_ON));
      assertRefused("is on", client.control("loop", VmAction.REMOVE));
      TroupeClient.await(client.control("loop", VmAction.SAVE));
      assertEquals(VmState.SAVED, TroupeClient.await(client.vm("loop")).state());
      assertRefused("is saved: only", client.set("loop", Map.of("memory", "16 MiB")));
      TroupeClient.await(client.control("loop", VmAction.DISCARD_SAVED_STATE));
      TroupeClient.await(client.set("loop", Map.of("memory", "16 MiB")));
      assertEquals(16, TroupeClient.await(client.vm("loop")).memoryMib());
    }
    engine.close();
    startDaemon();
    try (TroupeClient client = TroupeClient.connect(address, key)) {
      VmInfo loop = TroupeClient.await(client.vm("loop"));
      assertEquals(16, loop.memoryMib(), "changes last");
      assertEquals(400, loop.cpu().weight());
      TroupeClient.await(client.create("new", "# mine\nmemory = 8 MiB\nbios = \"../../loop.bin\""));
      assertRefused("there is a VM named new already", client.create("new", ""));
      assertRefused("memory must be", client.create("other", "memory = 1 MiB"));
      TroupeClient.await(client.set("new", Map.of("cpu.weight", "7")));
      assertEquals(
          "# mine\nmemory = 8 MiB\nbios = \"../../loop.bin\"\ncpu : { weight : 7 }",
          Files.readString(directory.resolve("machines/new/vm.conf"))
              .strip()
              .replaceAll("\\s*\\{\\s*", " { ")
              .replaceAll("\\s*}", " }"));
      TroupeClient.await(client.control("new", VmAction.TURN_ON));
      TroupeClient.await(client.control("new", VmAction.TURN_OFF));
      TroupeClient.await(client.control("new", VmAction.REMOVE));
      assertEquals(2, TroupeClient.await(client.vms()).size());
      assertTrue(Files.exists(directory.resolve("machines/new/vm.conf.removed")));
    }
  }

  @Test
  void eventsComeAsFastAsTheyAreTakenAndNoneIsMissed() throws Exception {
    try (TroupeClient client = TroupeClient.connect(address, key)) {
      TroupeClient.await(client.control("loop", VmAction.TURN_ON));
      LinkedBlockingQueue<VmEvent> events = new LinkedBlockingQueue<>();
      var _ =
          client
              .events(0)
              .throttle(20, java.time.Duration.ofSeconds(1))
              .runWith(Sink.foreach(events::add), client.system());
      for (int i = 0; i < 20; i++) {
        TroupeClient.await(client.control("loop", VmAction.PAUSE));
        TroupeClient.await(client.control("loop", VmAction.RESUME));
      }
      List<String> kinds = new ArrayList<>();
      for (int number = 1; number <= 41; number++) {
        VmEvent event = events.poll(60, TimeUnit.SECONDS);
        assertEquals(number, event.number());
        assertEquals("loop", event.vm());
        kinds.add(event.kind());
      }
      assertEquals(List.of("turned-on", "paused", "resumed"), kinds.subList(0, 3));
    }
  }

  @Test
  void theSerialPortIsAtHand() throws Exception {
    try (TroupeClient client = TroupeClient.connect(address, key)) {
      LinkedBlockingQueue<String> output = new LinkedBlockingQueue<>();
      var _ =
          TroupeClient.await(client.serial("echo", 0))
              .runWith(
                  Sink.foreach(
                      bytes -> output.add(new String(bytes.bytes(), StandardCharsets.US_ASCII))),
                  client.system());
      TroupeClient.await(client.control("echo", VmAction.TURN_ON));
      TroupeClient.await(client.sendSerial("echo", 0, "HAL".getBytes(StandardCharsets.US_ASCII)));
      StringBuilder said = new StringBuilder();
      while (said.length() < 3) {
        said.append(output.poll(60, TimeUnit.SECONDS));
      }
      assertEquals("IBM", said.toString());
    }
  }

  @Test
  void whoHasAnotherKeyIsNotAnswered() throws Exception {
    Path other = directory.resolve("other.p12");
    AccessKey.make(other);
    IOException e = assertThrows(IOException.class, () -> TroupeClient.connect(address, other));
    assertTrue(e.getMessage().contains("does not answer"), e.getMessage());
    try (TroupeClient client = TroupeClient.connect(address, key)) {
      assertEquals(2, TroupeClient.await(client.vms()).size());
    }
  }
}
