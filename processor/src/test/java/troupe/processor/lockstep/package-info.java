/**
 * Translated code against the interpreter: {@link troupe.processor.lockstep.LockStep} runs the same
 * program on both and compares all state, {@link troupe.processor.lockstep.Fuzz} makes programs for
 * it at random, and keeps those that show a difference as reproducers.
 */
package troupe.processor.lockstep;
