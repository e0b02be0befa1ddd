package troupe.devices.ide;

/** What SET FEATURES, SET MULTIPLE MODE and their like have set. All of it is saved as it is. */
final class AtaSettings {
  /** Most sectors in a DRQ data block of READ and WRITE MULTIPLE. */
  static final int MOST_MULTIPLE = 16;

  private static final int MULTIWORD_DMA = 0x20;
  private static final int ULTRA_DMA = 0x40;
  private static final int MOST_MULTIWORD_DMA = 2;

  int heads;
  int sectorsPerTrack;

  /** Sectors a DRQ data block of READ and WRITE MULTIPLE; 0 while these are disabled. */
  int multiple;

  boolean writeCache;
  boolean lookAhead;
  boolean smart;
  boolean standby;
  boolean sleeping;

  /** Transfer mode as in SET FEATURES: type in the upper five bits, mode in the lower three. */
  int transferMode;

  /** Saved state. */
  record State(
      int heads,
      int sectorsPerTrack,
      int multiple,
      boolean writeCache,
      boolean lookAhead,
      boolean smart,
      boolean standby,
      boolean sleeping,
      int transferMode) {}

  void powerOn(DiskGeometry geometry) {
    heads = geometry.heads();
    sectorsPerTrack = geometry.sectorsPerTrack();
    multiple = MOST_MULTIPLE;
    writeCache = true;
    lookAhead = true;
    smart = true;
    standby = false;
    sleeping = false;
    transferMode = MULTIWORD_DMA | MOST_MULTIWORD_DMA;
  }

  /** Takes a transfer mode if a drive with Ultra DMA up to {@code mostUltra} has it. */
  static boolean isTransferMode(int mode, int mostUltra) {
    int number = mode & 7;
    return switch (mode & 0xF8) {
      case 0x00 -> number <= 1;
      case 0x08 -> number <= 4;
      case MULTIWORD_DMA -> number <= MOST_MULTIWORD_DMA;
      case ULTRA_DMA -> number <= mostUltra;
      default -> false;
    };
  }

  /** Word 63: Multiword DMA modes, the selected one in the high byte. */
  static int multiwordDmaWord(int transferMode) {
    return 0x07
        | ((transferMode & 0xF8) == MULTIWORD_DMA ? 0x100 << (transferMode & 7) : 0) & 0x0700;
  }

  /** Word 88: Ultra DMA modes 0 to {@code most}, the selected one in the high byte. */
  static int ultraDmaWord(int transferMode, int most) {
    int selected = (transferMode & 0xF8) == ULTRA_DMA ? 0x100 << (transferMode & 7) : 0;
    return (1 << most + 1) - 1 | selected & 0xFF00;
  }

  State save() {
    return new State(
        heads,
        sectorsPerTrack,
        multiple,
        writeCache,
        lookAhead,
        smart,
        standby,
        sleeping,
        transferMode);
  }

  void restore(State state) throws troupe.devices.state.BadStateException {
    if (state == null
        || state.heads < 1
        || state.heads > 16
        || state.sectorsPerTrack < 1
        || state.sectorsPerTrack > 255
        || state.multiple < 0
        || state.multiple > MOST_MULTIPLE) {
      throw new troupe.devices.state.BadStateException("ATA disk has impossible settings");
    }
    heads = state.heads;
    sectorsPerTrack = state.sectorsPerTrack;
    multiple = state.multiple;
    writeCache = state.writeCache;
    lookAhead = state.lookAhead;
    smart = state.smart;
    standby = state.standby;
    sleeping = state.sleeping;
    transferMode = state.transferMode & 0xFF;
  }
}
