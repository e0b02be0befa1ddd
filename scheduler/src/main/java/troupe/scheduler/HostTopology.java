package troupe.scheduler;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The NUMA nodes of a host: which CPUs have which memory near.
 *
 * @param nodes those that have CPUs, by number; none if the host does not say
 */
public record HostTopology(List<Node> nodes) {
  /**
   * Where Linux shows its nodes, a folder for each (Documentation/ABI/stable/sysfs-devices-node).
   */
  public static final Path LINUX = Path.of("/sys/devices/system/node");

  private static final Pattern FOLDER = Pattern.compile("node(\\d{1,6})");
  private static final Pattern TOTAL = Pattern.compile("MemTotal:\\s+(\\d{1,15}) kB");
  private static final Pattern RANGE = Pattern.compile("(\\d{1,6})(?:-(\\d{1,6}))?");

  /** One node. */
  public record Node(int number, BitSet cpus, long memoryMib) {
    public Node {
      cpus = (BitSet) cpus.clone();
    }

    @Override
    public BitSet cpus() {
      return (BitSet) cpus.clone();
    }
  }

  public HostTopology {
    nodes = List.copyOf(nodes);
  }

  /** Whether it makes a difference where a VM runs. */
  public boolean hasSeveralNodes() {
    return nodes.size() > 1;
  }

  /** All CPUs of all nodes. */
  public BitSet cpus() {
    BitSet all = new BitSet();
    nodes.forEach(node -> all.or(node.cpus));
    return all;
  }

  /** What is left of it for a process that may run on these CPUs only. */
  public HostTopology within(BitSet allowed) {
    return new HostTopology(
        nodes.stream()
            .map(
                node -> {
                  BitSet cpus = node.cpus();
                  cpus.and(allowed);
                  return new Node(node.number, cpus, node.memoryMib);
                })
            .filter(node -> !node.cpus.isEmpty())
            .toList());
  }

  /**
   * Reads the folders of nodes. Nodes without CPUs, which are memory alone, are left out.
   *
   * @throws IOException if a file cannot be read or understood; the message names it
   */
  public static HostTopology read(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return new HostTopology(List.of());
    }
    try (Stream<Path> folders = Files.list(directory)) {
      return new HostTopology(
          folders
              .filter(folder -> FOLDER.matcher(folder.getFileName().toString()).matches())
              .map(HostTopology::node)
              .filter(node -> !node.cpus.isEmpty())
              .sorted(Comparator.comparingInt(Node::number))
              .toList());
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static Node node(Path folder) {
    try {
      int number = Integer.parseInt(folder.getFileName().toString().substring("node".length()));
      Path cpus = folder.resolve("cpulist");
      Path memory = folder.resolve("meminfo");
      Matcher total = TOTAL.matcher(Files.readString(memory));
      if (!total.find()) {
        throw new IOException(memory + ": has no MemTotal");
      }
      return new Node(
          number, cpus(cpus, Files.readString(cpus)), Long.parseLong(total.group(1)) >> 10);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static BitSet cpus(Path file, String list) throws IOException {
    BitSet cpus = new BitSet();
    if (list.isBlank()) {
      return cpus;
    }
    for (String part : list.strip().split(",", -1)) {
      Matcher range = RANGE.matcher(part);
      if (!range.matches()) {
        throw new IOException("%s: \"%s\" is no range of CPUs".formatted(file, part));
      }
      int first = Integer.parseInt(range.group(1));
      int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
      if (last < first) {
        throw new IOException("%s: \"%s\" is no range of CPUs".formatted(file, part));
      }
      cpus.set(first, last + 1);
    }
    return cpus;
  }
}
