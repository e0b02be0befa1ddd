package troupe.scheduler;

import java.util.List;

/**
 * What each VM ought to get: {@code clamp(level * weight, reserve, min(maximum, demand))}, with the
 * level at which the CPUs are used up or all demands met.
 */
final class WaterFilling {
  /**
   * @param demand percent of one CPU
   */
  record Claim(Entitlement entitlement, int demand) {
    private double most() {
      return Math.min(entitlement.maximum(), demand);
    }

    private double at(double level) {
      double least = Math.min(entitlement.reserve(), most());
      return Math.clamp(level * entitlement.weight(), least, most());
    }
  }

  private WaterFilling() {}

  /** Percent of one CPU for each claim. */
  static double[] of(int cpus, List<Claim> claims) {
    double low = 0;
    double high = 101;
    for (int i = 0; i < 200; i++) {
      double level = (low + high) / 2;
      if (claims.stream().mapToDouble(claim -> claim.at(level)).sum() < cpus * 100.0) {
        low = level;
      } else {
        high = level;
      }
    }
    double level = low;
    return claims.stream().mapToDouble(claim -> claim.at(level)).toArray();
  }
}
