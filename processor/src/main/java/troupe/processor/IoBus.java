package troupe.processor;

/** The I/O address space as the processor sees it. Ports are 0 to FFFFh. */
public interface IoBus {
  int read8(int port);

  int read16(int port);

  int read32(int port);

  void write8(int port, int value);

  void write16(int port, int value);

  void write32(int port, int value);
}
