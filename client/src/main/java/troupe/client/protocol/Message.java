package troupe.client.protocol;

/**
 * Whatever crosses the wire, as CBOR. Fields may be added without a new version: who does not know
 * one passes over it.
 */
public sealed interface Message permits Request, Reply, VmEvent, SerialBytes {
  /** The protocol that this library speaks; the daemon refuses others. */
  int VERSION = 1;
}
