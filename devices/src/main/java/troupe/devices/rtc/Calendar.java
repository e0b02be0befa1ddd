package troupe.devices.rtc;

import java.time.LocalDate;

/**
 * The time and calendar registers of an MC146818, in whatever form register B asks for, as the chip
 * counts them: nothing is checked until a second has to be added, so a guest may write one register
 * after the other.
 */
final class Calendar {
  static final int SECONDS = 0;
  static final int SECONDS_ALARM = 1;
  static final int MINUTES = 2;
  static final int MINUTES_ALARM = 3;
  static final int HOURS = 4;
  static final int HOURS_ALARM = 5;
  static final int DAY_OF_WEEK = 6;
  static final int DATE = 7;
  static final int MONTH = 8;
  static final int YEAR = 9;

  /** Where a PC keeps the century; the chip counts it along ([ACPI] CENTURY in the FADT). */
  static final int CENTURY = 0x32;

  /** Register B, DM: registers are binary, not BCD. */
  static final int BINARY = 0x04;

  /** Register B, 24/12: hours run from 0 to 23. */
  static final int HOURS_24 = 0x02;

  private static final int PM = 0x80;
  private static final int SECONDS_A_DAY = 86_400;
  private static final int DO_NOT_CARE = 0xC0;

  private final byte[] ram;

  Calendar(byte[] ram) {
    this.ram = ram;
  }

  /** Sets the registers to {@code seconds} since 1970-01-01T00:00 UTC. */
  void set(long seconds, int registerB) {
    long day = Math.floorDiv(seconds, (long) SECONDS_A_DAY);
    LocalDate date = LocalDate.ofEpochDay(day);
    setTimeOfDay((int) Math.floorMod(seconds, (long) SECONDS_A_DAY), registerB);
    setDate(date, registerB);
    put(DAY_OF_WEEK, date.getDayOfWeek().getValue() % 7 + 1, registerB);
  }

  /** Adds {@code seconds}, at least 1; registers out of range are first brought into it. */
  void add(long seconds, int registerB) {
    long total = timeOfDay(registerB) + seconds;
    setTimeOfDay((int) (total % SECONDS_A_DAY), registerB);
    long days = total / SECONDS_A_DAY;
    if (days > 0) {
      int month = Math.clamp(get(MONTH, registerB), 1, 12);
      int year = get(CENTURY, registerB) % 100 * 100 + get(YEAR, registerB) % 100;
      LocalDate first = LocalDate.of(year, month, 1);
      int date = Math.clamp(get(DATE, registerB), 1, first.lengthOfMonth());
      setDate(first.plusDays(date - 1 + days), registerB);
      put(DAY_OF_WEEK, (int) ((get(DAY_OF_WEEK, registerB) + 6 + days) % 7) + 1, registerB);
    }
  }

  /** Whether the time of day {@code ahead} seconds from now meets the alarm registers. */
  boolean alarmAfter(long ahead, int registerB) {
    int time = (int) ((timeOfDay(registerB) + ahead) % SECONDS_A_DAY);
    return meets(SECONDS_ALARM, time % 60, registerB)
        && meets(MINUTES_ALARM, time / 60 % 60, registerB)
        && meets(HOURS_ALARM, time / 3600, registerB);
  }

  private boolean meets(int register, int value, int registerB) {
    int alarm = ram[register] & 0xFF;
    return alarm >= DO_NOT_CARE
        || (register == HOURS_ALARM ? hour(register, registerB) : get(register, registerB))
            == value;
  }

  private int timeOfDay(int registerB) {
    return hour(HOURS, registerB) % 24 * 3600
        + get(MINUTES, registerB) % 60 * 60
        + get(SECONDS, registerB) % 60;
  }

  private void setTimeOfDay(int time, int registerB) {
    put(SECONDS, time % 60, registerB);
    put(MINUTES, time / 60 % 60, registerB);
    int hour = time / 3600;
    if ((registerB & HOURS_24) != 0) {
      put(HOURS, hour, registerB);
    } else {
      put(HOURS, (hour + 11) % 12 + 1, registerB);
      if (hour >= 12) {
        ram[HOURS] |= (byte) PM;
      }
    }
  }

  private int hour(int register, int registerB) {
    if ((registerB & HOURS_24) != 0) {
      return get(register, registerB);
    }
    int value = ram[register] & 0xFF;
    return decode(value & ~PM, registerB) % 12 + ((value & PM) != 0 ? 12 : 0);
  }

  private void setDate(LocalDate date, int registerB) {
    put(DATE, date.getDayOfMonth(), registerB);
    put(MONTH, date.getMonthValue(), registerB);
    put(YEAR, date.getYear() % 100, registerB);
    put(CENTURY, date.getYear() / 100 % 100, registerB);
  }

  private int get(int register, int registerB) {
    return decode(ram[register] & 0xFF, registerB);
  }

  private static int decode(int value, int registerB) {
    return (registerB & BINARY) != 0 ? value : (value >> 4) * 10 + (value & 15);
  }

  private void put(int register, int value, int registerB) {
    ram[register] = (byte) ((registerB & BINARY) != 0 ? value : value / 10 << 4 | value % 10);
  }
}
