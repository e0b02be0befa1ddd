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
