package troupe.engine.vm;

/** Bytes that a guest sent through a serial port, for those who watch it. Not to be changed. */
public record SerialOutput(byte[] bytes) {}
