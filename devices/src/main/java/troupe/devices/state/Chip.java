package troupe.devices.state;

/**
 * A part of the PC with a state of its own. {@code S} is a record made only for saving (see {@link
 * StateCodec} for what may be in it): running fields and saved fields are kept apart, so that a new
 * running field has to be decided upon in {@link #save}.
 *
 * <p>{@link #restore} treats its argument as hostile: values out of range are rejected with {@link
 * BadStateException} or masked, and timers are armed anew from the restored values.
 */
public interface Chip<S extends Record> {
  /** Power-on reset: the state a new instance has. */
  void reset();

  S save();

  void restore(S state) throws BadStateException;
}
