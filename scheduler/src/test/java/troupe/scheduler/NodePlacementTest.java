package troupe.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes as hosts of several kinds show them, and where VMs go on them. */
class NodePlacementTest {
  @TempDir Path directory;

  private void node(int number, String cpus, long memoryKib) throws IOException {
    Path folder = Files.createDirectories(directory.resolve("node" + number));
    Files.writeString(folder.resolve("cpulist"), cpus + "\n");
    Files.writeString(
        folder.resolve("meminfo"),
        """
        Node %d MemTotal:       %d kB
        Node %d MemFree:         1234567 kB
        """
            .formatted(number, memoryKib, number));
  }

  private static BitSet cpus(int... numbers) {
    BitSet set = new BitSet();
    for (int number : numbers) {
      set.set(number);
    }
    return set;
  }

  private HostTopology read() throws IOException {
    Files.writeString(directory.resolve("online"), "0-1\n");
    Files.createDirectories(directory.resolve("power"));
    return HostTopology.read(directory);
  }

  @Test
  void aHostWithOneNode() throws IOException {
    node(0, "0-1", 13_068_500);
    HostTopology topology = read();
    assertEquals(List.of(new HostTopology.Node(0, cpus(0, 1), 12_762)), topology.nodes());
    assertFalse(topology.hasSeveralNodes());
    assertEquals(Optional.empty(), new NodePlacement(topology).place("vm", 64, 0));
  }

  /** Two sockets with hyper-threads: each node has two ranges. */
  @Test
  void twoSockets() throws IOException {
    node(0, "0-3,8-11", 65_536_000);
    node(1, "4-7,12-15", 66_060_288);
    HostTopology topology = read();
    assertEquals(cpus(0, 1, 2, 3, 8, 9, 10, 11), topology.nodes().get(0).cpus());
    assertEquals(cpus(4, 5, 6, 7, 12, 13, 14, 15), topology.nodes().get(1).cpus());
    assertEquals(64_512, topology.nodes().get(1).memoryMib());
    assertTrue(topology.hasSeveralNodes());
  }

  /** Memory without CPUs, as on a CXL device, and numbers with gaps. */
  @Test
  void nodesWithoutCpusAreLeftOut() throws IOException {
    node(0, "0-1", 8_388_608);
    node(2, "", 16_777_216);
    node(8, "2,3", 8_388_608);
    assertEquals(List.of(0, 8), read().nodes().stream().map(HostTopology.Node::number).toList());
  }

  private static final Path RECORDED = Path.of("src/test/resources/numa");

  private static HostTopology recorded(String host) throws IOException {
    return HostTopology.read(RECORDED.resolve(host));
  }

  private static List<Integer> numbers(HostTopology topology) {
    return topology.nodes().stream().map(HostTopology.Node::number).toList();
  }

  /** What the kernel of the recorded host called online. */
  private static List<Integer> online(String host) throws IOException {
    return Stream.of(
            // Some have what the kernel left behind the line.
            Files.readAllLines(RECORDED.resolve(host).resolve("online")).getFirst().split(","))
        .map(range -> range.split("-"))
        .flatMap(
            ends ->
                IntStream.rangeClosed(
                        Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]))
                    .boxed())
        .toList();
  }

  @Test
  void recordedSocketsWithInterleavedCpus() throws IOException {
    HostTopology host = recorded("interleaved");
    assertEquals(online("interleaved"), numbers(host));
    assertEquals(cpus(1, 5, 9, 13, 17, 21, 25, 29, 33, 37), host.nodes().get(1).cpus());
    assertEquals(134_204_252 >> 10, host.nodes().get(0).memoryMib());
    assertEquals(40, host.cpus().cardinality());
  }

  @Test
  void recordedNodesWhoseNumbersHaveGaps() throws IOException {
    HostTopology host = recorded("sparse");
    assertEquals(List.of(0, 1, 2, 33, 34, 45, 72, 73), numbers(host));
    assertEquals(online("sparse"), numbers(host));
    NodePlacement placement = new NodePlacement(host);
    // 16 GiB are on every second node only, and on one for one VM.
    Set<Integer> nodes = new TreeSet<>();
    for (int vm = 0; vm < 4; vm++) {
      nodes.add(number(placement.place("vm" + vm, 12_000, 0)));
    }
    assertEquals(Set.of(1, 33, 45, 73), nodes);
    assertEquals(Optional.empty(), placement.place("fifth", 12_000, 0));
  }

  @Test
  void recordedMemoryOfGraphicsProcessorsIsNoPlaceForVms() throws IOException {
    HostTopology host = recorded("gpu-memory");
    assertEquals(List.of(0, 8), numbers(host));
    assertEquals(List.of(0, 8, 250, 251, 252, 253, 254, 255), online("gpu-memory"));
    assertEquals(176, host.cpus().cardinality());
  }

  @Test
  void recordedHostOfWhichOneNodeIsOnline() throws IOException {
    HostTopology host = recorded("offline-node0");
    assertEquals(List.of(1), numbers(host));
    assertFalse(host.hasSeveralNodes());
  }

  @Test
  void recordedFirmwareThatSaysThatAllCpusAreInEachNode() throws IOException {
    HostTopology host = recorded("wrong-firmware");
    assertEquals(8, host.nodes().size());
    assertEquals(8, host.cpus().cardinality());
    assertEquals(
        cpus(0, 1, 2, 3, 4, 5, 6, 7),
        new NodePlacement(host).place("vm", 64, 0).orElseThrow().cpus());
  }

  @Test
  void whatTheProcessMayNotRunOnIsNotThere() throws IOException {
    HostTopology host = recorded("interleaved").within(cpus(0, 1, 4, 6, 99));
    assertEquals(List.of(0, 1, 2), numbers(host));
    assertEquals(cpus(0, 4), host.nodes().get(0).cpus());
    assertEquals(cpus(0, 1, 4, 6), host.cpus());
    assertFalse(recorded("interleaved").within(cpus(4, 8)).hasSeveralNodes());
  }

  @Test
  void aHostThatDoesNotSayHasNone() throws IOException {
    assertEquals(List.of(), HostTopology.read(directory.resolve("nothing")).nodes());
  }

  @Test
  void whatCannotBeUnderstoodIsRefused() throws IOException {
    node(0, "0-x", 1000);
    IOException refused = assertThrows(IOException.class, this::read);
    assertTrue(refused.getMessage().endsWith("cpulist: \"0-x\" is no range of CPUs"));
    node(0, "3-1", 1000);
    assertThrows(IOException.class, this::read);
    node(0, "0", 1000);
    Files.writeString(directory.resolve("node0/meminfo"), "nothing");
    refused = assertThrows(IOException.class, this::read);
    assertTrue(refused.getMessage().endsWith("meminfo: has no MemTotal"));
  }

  private static NodePlacement twoNodes() {
    return new NodePlacement(
        new HostTopology(
            List.of(
                new HostTopology.Node(0, cpus(0, 1), 1000),
                new HostTopology.Node(1, cpus(2, 3), 2000))));
  }

  private static int number(Optional<HostTopology.Node> node) {
    return node.orElseThrow().number();
  }

  @Test
  void vmsAreSpreadAndStayWhereTheyAre() {
    NodePlacement placement = twoNodes();
    assertEquals(0, number(placement.place("a", 100, 0)));
    assertEquals(1, number(placement.place("b", 100, 0)));
    assertEquals(1, number(placement.place("c", 600, 0)), "there is more memory");
    assertEquals(0, number(placement.place("a", 100, 50)), "stays");
    placement.release("a");
    assertEquals(0, number(placement.place("d", 100, 0)));
  }

  @Test
  void aVmThatDoesNotFitAnyMoreMoves() {
    NodePlacement placement = twoNodes();
    assertEquals(0, number(placement.place("a", 100, 150)));
    assertEquals(1, number(placement.place("b", 100, 150)));
    assertEquals(1, number(placement.place("b", 100, 200)), "stays");
    assertEquals(Optional.empty(), placement.place("b", 2001, 0), "no node is that large");
    assertEquals(1, number(placement.place("a", 1500, 200)), "the place of b is free");
  }

  @Test
  void reservesFitOrTheVmRunsAnywhere() {
    NodePlacement placement = twoNodes();
    assertEquals(0, number(placement.place("a", 10, 100)));
    assertEquals(1, number(placement.place("b", 10, 100)));
    assertEquals(0, number(placement.place("c", 10, 60)));
    assertEquals(1, number(placement.place("d", 10, 60)));
    assertEquals(Optional.empty(), placement.place("e", 10, 60), "80 are free, in two parts");
    assertEquals(Optional.empty(), placement.place("f", 1990, 0));
  }
}
