/**
 * Measurements of the parts with JMH ({@code benchmarks/parts}), on a processor without a board.
 * Whole guests are compared with other emulators by {@code benchmarks/compare}.
 */
package troupe.benchmarks;
