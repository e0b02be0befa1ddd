package troupe.devices.ide;

/** What a packet command comes to, before any byte moves. */
sealed interface MmcReply {
  /** Done, nothing to send. */
  record Done() implements MmcReply {}

  /** Data for the host, already cut to the allocation length. */
  record Data(byte[] bytes) implements MmcReply {}

  /** Sectors to be read from the medium and sent. */
  record Sectors(long first, int count, boolean raw) implements MmcReply {}

  /** Failed; the sense is kept by the unit. */
  record Failed(Sense sense) implements MmcReply {}

  MmcReply DONE = new Done();
}
