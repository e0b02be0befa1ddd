package troupe.client.protocol;

/** What a guest sent through a serial port. */
public record SerialBytes(byte[] bytes) implements Message {}
