package troupe.scheduler;

/**
 * What a VM may have of the host's CPUs.
 *
 * @param weight 1 to 10,000: contended CPU time is shared in proportion
 * @param reserve percent of one host CPU that the VM always gets when it wants it, 0 to maximum
 * @param maximum percent of one host CPU that the VM never exceeds, 1 to 100
 */
public record Entitlement(int weight, int reserve, int maximum) {
  public static final int LEAST_WEIGHT = 1;
  public static final int GREATEST_WEIGHT = 10_000;
  public static final int DEFAULT_WEIGHT = 100;

  /** Weight 100, nothing reserved, up to one whole host CPU. */
  public static final Entitlement DEFAULT = new Entitlement(DEFAULT_WEIGHT, 0, 100);

  public Entitlement {
    if (weight < LEAST_WEIGHT || weight > GREATEST_WEIGHT) {
      throw new IllegalArgumentException(
          "weight must be %d to %d, not %d".formatted(LEAST_WEIGHT, GREATEST_WEIGHT, weight));
    }
    if (maximum < 1 || maximum > 100) {
      throw new IllegalArgumentException("maximum must be 1 to 100 percent, not " + maximum);
    }
    if (reserve < 0 || reserve > maximum) {
      throw new IllegalArgumentException(
          "reserve must be 0 to the maximum (%d percent), not %d".formatted(maximum, reserve));
    }
  }
}
