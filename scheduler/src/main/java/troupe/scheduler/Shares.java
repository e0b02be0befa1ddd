package troupe.scheduler;

import java.util.List;

/** Divides CPUs by water-filling. */
final class Shares {
  /** One VM's part, in percent of one CPU. */
  static final class Claim {
    int weight;

    /** Got whatever happens. */
    double least;

    /** Not exceeded, though CPUs stay idle. */
    double most;

    /** The result. */
    double share;

    private double at(double level) {
      return Math.clamp(level * weight, least, most);
    }
  }

  /** Enough to halve the greatest level down to a nanosecond's worth. */
  private static final int STEPS = 48;

  private Shares() {}

  /**
   * Sets what each claim gets: all is used up if there are claims enough.
   *
   * @param capacity percent of one CPU
   */
  static void fill(double capacity, List<Claim> claims) {
    double low = 0;
    // At this level even a weight of 1 gets a whole CPU.
    double high = 100;
    if (total(claims, high) > capacity) {
      for (int i = 0; i < STEPS; i++) {
        double level = (low + high) / 2;
        if (total(claims, level) > capacity) {
          high = level;
        } else {
          low = level;
        }
      }
    } else {
      low = high;
    }
    for (Claim claim : claims) {
      claim.share = claim.at(low);
    }
  }

  private static double total(List<Claim> claims, double level) {
    double sum = 0;
    for (Claim claim : claims) {
      sum += claim.at(level);
    }
    return sum;
  }
}
