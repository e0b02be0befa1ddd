package troupe.processor.memory;

/** How the paging unit reports exceptions to the processor it belongs to. */
public interface PageFault {
  /** #PF with CR2 and an error code, to be thrown. */
  RuntimeException pageFault(int linear, int errorCode);

  /** #AC(0), to be thrown. */
  RuntimeException alignmentCheck();

  /** A data access of {@code size} bytes happened while data breakpoints are armed. */
  void dataAccess(int linear, int size, boolean write);
}
