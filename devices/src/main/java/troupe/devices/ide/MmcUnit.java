package troupe.devices.ide;

import static troupe.devices.ide.MmcCommands.*;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import troupe.devices.outside.BlockPort;
import troupe.devices.state.BadStateException;

/**
 * The logical unit of a CD-ROM drive: tray, medium, lock, sense data, and the meaning of every
 * packet command. How bytes travel to the host is the business of {@link AtapiCdRom}. [MMC-3].
 */
final class MmcUnit {
  static final int BLOCK_BYTES = 2048;

  /** Bytes of a raw sector: sync, header, data, EDC and ECC. */
  static final int RAW_BLOCK_BYTES = 2352;

  // Media events of GET EVENT STATUS NOTIFICATION
  private static final int EVENT_NONE = 0;
  private static final int EVENT_EJECT_REQUEST = 1;
  private static final int EVENT_NEW_MEDIA = 2;
  private static final int EVENT_MEDIA_REMOVAL = 3;
  private static final int CLASS_MEDIA = 4;

  // READ CD, byte 9: which parts of a sector
  private static final int READ_CD_NOTHING = 0x00;
  private static final int READ_CD_USER_DATA = 0x10;
  private static final int READ_CD_ALL = 0xF8;

  private final DriveIdentity identity;
  private final Runnable trayMoved;
  private BlockPort medium;
  private boolean trayOpen;
  private boolean locked;
  private Sense sense = Sense.NONE;
  private Sense attention = Sense.NONE;
  private int event = EVENT_NONE;

  /** Saved state; the medium itself is configuration and is put in before restoring. */
  record State(
      boolean trayOpen,
      boolean locked,
      int senseKey,
      int senseCode,
      int senseQualifier,
      int attentionKey,
      int attentionCode,
      int attentionQualifier,
      int event) {}

  MmcUnit(DriveIdentity identity, BlockPort medium, Runnable trayMoved) {
    this.identity = identity;
    this.trayMoved = trayMoved;
    this.medium = checked(medium);
    powerOn();
  }

  private static BlockPort checked(BlockPort medium) {
    if (medium != null && medium.sectorSize() != BLOCK_BYTES) {
      throw new IllegalArgumentException("a CD has sectors of 2048 bytes");
    }
    return medium;
  }

  void powerOn() {
    trayOpen = false;
    event = EVENT_NONE;
    reset();
  }

  /** Any reset: the lock opens, sense is dropped, a unit attention tells of it. */
  void reset() {
    locked = false;
    sense = Sense.NONE;
    attention = Sense.POWER_ON_OR_RESET;
  }

  // The outside

  BlockPort medium() {
    return medium;
  }

  boolean ready() {
    return medium != null && !trayOpen;
  }

  boolean trayOpen() {
    return trayOpen;
  }

  boolean locked() {
    return locked;
  }

  /** Puts a medium in and closes the tray. */
  void insert(BlockPort disc) {
    medium = checked(disc);
    trayOpen = false;
    attention = Sense.MEDIUM_CHANGED;
    event = EVENT_NEW_MEDIA;
  }

  /** Takes the medium out, lock or no lock. */
  void remove() {
    medium = null;
    locked = false;
    event = EVENT_MEDIA_REMOVAL;
  }

  /** The eject button of a locked drive: the guest is asked through an event. */
  void requestEject() {
    event = EVENT_EJECT_REQUEST;
  }

  // Commands

  Sense sense() {
    return sense;
  }

  void setSense(Sense to) {
    sense = to;
  }

  /** Executes the 12-byte packet {@code cdb}; a failure is also kept as sense data. */
  MmcReply execute(byte[] cdb) {
    int operation = cdb[0] & 0xFF;
    if (!passesAttention(operation) && attention != Sense.NONE) {
      MmcReply reply = failed(attention);
      attention = Sense.NONE;
      return reply;
    }
    if (operation != REQUEST_SENSE) {
      sense = Sense.NONE;
    }
    if (needsMedium(operation) && !ready()) {
      return failed(trayOpen ? Sense.NO_MEDIUM_TRAY_OPEN : Sense.NO_MEDIUM_TRAY_CLOSED);
    }
    ByteBuffer packet = ByteBuffer.wrap(cdb);
    return switch (operation) {
      case TEST_UNIT_READY, STOP_PLAY_SCAN, SET_CD_SPEED -> MmcReply.DONE;
      case REQUEST_SENSE -> requestSense(u8(cdb, 4));
      case INQUIRY -> inquiry(cdb);
      case MODE_SENSE_6 -> modeSense6(cdb);
      case MODE_SENSE_10 -> modeSense10(cdb);
      case START_STOP_UNIT -> startStop(cdb[4]);
      case PREVENT_ALLOW_MEDIUM_REMOVAL -> {
        locked = (cdb[4] & 1) != 0;
        yield MmcReply.DONE;
      }
      case READ_CAPACITY ->
          data(
              ByteBuffer.allocate(8)
                  .putInt((int) (medium.sectors() - 1))
                  .putInt(BLOCK_BYTES)
                  .array(),
              8);
      case READ_10 -> sectors(packet.getInt(2), u16(packet, 7), false);
      case READ_12 -> sectors(packet.getInt(2), packet.getInt(6), false);
      case READ_CD -> readCd(cdb);
      case SEEK_10 ->
          inRange(packet.getInt(2), 1) ? MmcReply.DONE : failed(Sense.ADDRESS_OUT_OF_RANGE);
      case READ_SUB_CHANNEL -> readSubChannel(cdb);
      case READ_TOC -> readToc(cdb);
      case GET_CONFIGURATION -> getConfiguration(cdb);
      case GET_EVENT_STATUS_NOTIFICATION -> getEventStatus(cdb);
      case READ_DISC_INFORMATION -> data(MmcTables.discInformation(), u16(packet, 7));
      case READ_TRACK_INFORMATION ->
          data(MmcTables.trackInformation(medium.sectors()), u16(packet, 7));
      case READ_DVD_STRUCTURE -> readDvdStructure(cdb);
      case MECHANISM_STATUS -> {
        byte[] b = new byte[8];
        b[1] = (byte) (trayOpen ? 0x10 : 0);
        yield data(b, u16(packet, 8));
      }
      default -> failed(Sense.INVALID_COMMAND);
    };
  }

  private static boolean passesAttention(int operation) {
    return operation == INQUIRY
        || operation == REQUEST_SENSE
        || operation == GET_CONFIGURATION
        || operation == GET_EVENT_STATUS_NOTIFICATION;
  }

  private static boolean needsMedium(int operation) {
    return switch (operation) {
      case TEST_UNIT_READY,
          READ_CAPACITY,
          READ_10,
          READ_12,
          READ_CD,
          SEEK_10,
          READ_SUB_CHANNEL,
          READ_TOC,
          READ_DISC_INFORMATION,
          READ_TRACK_INFORMATION,
          READ_DVD_STRUCTURE ->
          true;
      default -> false;
    };
  }

  private MmcReply failed(Sense why) {
    sense = why;
    return new MmcReply.Failed(why);
  }

  private static MmcReply data(byte[] bytes, int allocation) {
    int length = Math.min(bytes.length, allocation);
    return length == 0 ? MmcReply.DONE : new MmcReply.Data(Arrays.copyOf(bytes, length));
  }

  private MmcReply requestSense(int allocation) {
    Sense told = sense != Sense.NONE ? sense : attention;
    if (sense == Sense.NONE) {
      attention = Sense.NONE;
    }
    sense = Sense.NONE;
    byte[] b = new byte[18];
    b[0] = 0x70;
    b[2] = (byte) told.key();
    b[7] = 10;
    b[12] = (byte) told.code();
    b[13] = (byte) told.qualifier();
    return data(b, allocation);
  }

  private MmcReply inquiry(byte[] cdb) {
    if ((cdb[1] & 1) != 0 || cdb[2] != 0) {
      return failed(Sense.INVALID_FIELD); // no vital product data
    }
    byte[] b = new byte[36];
    b[0] = 0x05; // CD or DVD drive
    b[1] = (byte) 0x80; // removable
    b[3] = 0x21; // ATAPI, response format 1
    b[4] = 31;
    text(b, 8, 8, "TROUPE");
    text(b, 16, 16, identity.model());
    text(b, 32, 4, identity.firmware());
    return data(b, u8(cdb, 4));
  }

  private static void text(byte[] b, int at, int length, String value) {
    byte[] ascii = value.getBytes(StandardCharsets.US_ASCII);
    Arrays.fill(b, at, at + length, (byte) ' ');
    System.arraycopy(ascii, 0, b, at, Math.min(length, ascii.length));
  }

  private MmcReply modeSense6(byte[] cdb) {
    byte[] pages = MmcModePages.pages(cdb[2] & 0x3F, cdb[2] >>> 6 & 3, locked);
    if (pages == null) {
      return failed(Sense.INVALID_FIELD);
    }
    if ((cdb[2] & 0xC0) == 0xC0) {
      return failed(Sense.SAVING_NOT_SUPPORTED);
    }
    byte[] b = new byte[4 + pages.length];
    b[0] = (byte) (b.length - 1);
    b[1] = (byte) mediumType();
    System.arraycopy(pages, 0, b, 4, pages.length);
    return data(b, u8(cdb, 4));
  }

  private MmcReply modeSense10(byte[] cdb) {
    byte[] pages = MmcModePages.pages(cdb[2] & 0x3F, cdb[2] >>> 6 & 3, locked);
    if (pages == null) {
      return failed(Sense.INVALID_FIELD);
    }
    if ((cdb[2] & 0xC0) == 0xC0) {
      return failed(Sense.SAVING_NOT_SUPPORTED);
    }
    ByteBuffer b = ByteBuffer.allocate(8 + pages.length);
    b.putShort((short) (6 + pages.length)).put((byte) mediumType());
    b.put(8, pages);
    return data(b.array(), u16(ByteBuffer.wrap(cdb), 7));
  }

  /** [SFF-8020i] Medium Type codes: data disc of 120 mm, no disc, tray open. */
  private int mediumType() {
    return trayOpen ? 0x71 : medium == null ? 0x70 : 0x01;
  }

  private MmcReply startStop(int flags) {
    boolean loadEject = (flags & 2) != 0;
    boolean start = (flags & 1) != 0;
    if (!loadEject) {
      return MmcReply.DONE; // spinning up or down is nothing here
    }
    if (!start && locked && !trayOpen) {
      return failed(Sense.REMOVAL_PREVENTED);
    }
    boolean open = !start;
    if (open != trayOpen) {
      trayOpen = open;
      if (open) {
        event = EVENT_MEDIA_REMOVAL;
      } else if (medium != null) {
        event = EVENT_NEW_MEDIA;
        attention = Sense.MEDIUM_CHANGED;
      }
      trayMoved.run();
    }
    return MmcReply.DONE;
  }

  private boolean inRange(int first, int count) {
    return Integer.toUnsignedLong(first) + Integer.toUnsignedLong(count) <= medium.sectors();
  }

  private MmcReply sectors(int first, int count, boolean raw) {
    if (!inRange(first, count)) {
      return failed(Sense.ADDRESS_OUT_OF_RANGE);
    }
    return count == 0
        ? MmcReply.DONE
        : new MmcReply.Sectors(Integer.toUnsignedLong(first), count, raw);
  }

  private MmcReply readCd(byte[] cdb) {
    int first = ByteBuffer.wrap(cdb).getInt(2);
    int count = u8(cdb, 6) << 16 | u8(cdb, 7) << 8 | u8(cdb, 8);
    int expectedType = cdb[1] >>> 2 & 7;
    if (expectedType == 1 || (cdb[10] & 7) != 0) {
      return failed(Sense.INVALID_FIELD); // no audio, no sub-channel
    }
    return switch (u8(cdb, 9) & 0xF8) {
      case READ_CD_NOTHING -> sectors(first, 0, false);
      case READ_CD_USER_DATA -> sectors(first, count, false);
      case READ_CD_ALL -> sectors(first, count, true);
      default -> failed(Sense.INVALID_FIELD);
    };
  }

  private MmcReply readSubChannel(byte[] cdb) {
    byte[] b = new byte[(cdb[2] & 0x40) != 0 && cdb[3] == 1 ? 16 : 4];
    b[1] = 0x15; // no current audio status
    b[3] = (byte) (b.length - 4);
    if (b.length > 4) {
      b[4] = 1;
      b[5] = 0x14;
      b[6] = 1;
      b[7] = 1;
    }
    return data(b, u16(ByteBuffer.wrap(cdb), 7));
  }

  private MmcReply readToc(byte[] cdb) {
    boolean msf = (cdb[1] & 2) != 0;
    int format = cdb[2] & 0x0F;
    if (format == 0) {
      format = cdb[9] >>> 6 & 3; // where the first ATAPI drives had it
    }
    long blocks = medium.sectors();
    byte[] toc =
        switch (format) {
          case 0 -> MmcTables.formattedToc(blocks, msf, u8(cdb, 6));
          case 1 -> MmcTables.sessions(msf);
          case 2 -> MmcTables.fullToc(blocks);
          default -> null;
        };
    return toc == null ? failed(Sense.INVALID_FIELD) : data(toc, u16(ByteBuffer.wrap(cdb), 7));
  }

  private MmcReply getConfiguration(byte[] cdb) {
    int type = cdb[1] & 3;
    if (type == 3) {
      return failed(Sense.INVALID_FIELD);
    }
    int profile =
        !ready()
            ? MmcTables.PROFILE_NONE
            : MmcTables.isDvd(medium.sectors())
                ? MmcTables.PROFILE_DVD_ROM
                : MmcTables.PROFILE_CD_ROM;
    ByteBuffer packet = ByteBuffer.wrap(cdb);
    return data(MmcTables.configuration(profile, type, u16(packet, 2)), u16(packet, 7));
  }

  private MmcReply getEventStatus(byte[] cdb) {
    if ((cdb[1] & 1) == 0) {
      return failed(Sense.INVALID_FIELD); // polled only
    }
    int allocation = u16(ByteBuffer.wrap(cdb), 7);
    if ((cdb[4] & 1 << CLASS_MEDIA) == 0) {
      return data(new byte[] {0, 2, (byte) 0x80, 1 << CLASS_MEDIA}, allocation);
    }
    int present = (trayOpen ? 1 : 0) | (ready() ? 2 : 0);
    byte[] b = {0, 6, CLASS_MEDIA, 1 << CLASS_MEDIA, (byte) event, (byte) present, 0, 0};
    if (allocation > 4) {
      event = EVENT_NONE;
    }
    return data(b, allocation);
  }

  private MmcReply readDvdStructure(byte[] cdb) {
    if (!MmcTables.isDvd(medium.sectors())) {
      return failed(Sense.INCOMPATIBLE_MEDIUM);
    }
    byte[] structure = MmcTables.dvdStructure(u8(cdb, 7), medium.sectors());
    return structure == null
        ? failed(Sense.INVALID_FIELD)
        : data(structure, u16(ByteBuffer.wrap(cdb), 8));
  }

  private static int u8(byte[] b, int at) {
    return b[at] & 0xFF;
  }

  private static int u16(ByteBuffer b, int at) {
    return b.getShort(at) & 0xFFFF;
  }

  State save() {
    return new State(
        trayOpen,
        locked,
        sense.key(),
        sense.code(),
        sense.qualifier(),
        attention.key(),
        attention.code(),
        attention.qualifier(),
        event);
  }

  void restore(State s) throws BadStateException {
    if (s == null) {
      throw new BadStateException("CD-ROM drive without its logical unit");
    }
    trayOpen = s.trayOpen;
    locked = s.locked;
    sense = orNone(new Sense(s.senseKey, s.senseCode, s.senseQualifier));
    attention = orNone(new Sense(s.attentionKey, s.attentionCode, s.attentionQualifier));
    event = s.event & 0x0F;
  }

  /** The constant, so that identity tells whether there is anything. */
  private static Sense orNone(Sense s) {
    return s.equals(Sense.NONE) ? Sense.NONE : s;
  }
}
