package troupe.processor;

/**
 * An exception of the processor on its way to delivery. One instance a processor is reused, without
 * a stack trace, since faults are ordinary events; vector and error code are in its fields.
 */
public final class Fault extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public static final int DE = 0;
  public static final int DB = 1;
  public static final int BP = 3;
  public static final int OF = 4;
  public static final int BR = 5;
  public static final int UD = 6;
  public static final int NM = 7;
  public static final int DF = 8;
  public static final int TS = 10;
  public static final int NP = 11;
  public static final int SS = 12;
  public static final int GP = 13;
  public static final int PF = 14;
  public static final int MF = 16;
  public static final int AC = 17;
  public static final int XM = 19;

  /** No exception: the instruction is to be executed again, after an interrupt that waits. */
  public static final int RESTART = -1;

  /** Error code of exceptions that push none. */
  public static final int NO_ERROR_CODE = -1;

  /** 0 to 31, or {@link #RESTART}. */
  public int vector;

  /** Pushed error code, or {@link #NO_ERROR_CODE}. */
  public int errorCode;

  Fault() {
    super(null, null, false, false);
  }

  @Override
  public String getMessage() {
    return "exception " + vector + " error code " + errorCode;
  }
}
