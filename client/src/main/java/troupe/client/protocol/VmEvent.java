package troupe.client.protocol;

/**
 * Something that happened to a VM.
 *
 * @param number counts the daemon's events, from 1
 * @param at milliseconds since 1970
 * @param kind such as turned-on, saved, failed
 * @param text for people; one line, but for the report of a failure
 */
public record VmEvent(long number, long at, String vm, String kind, String text)
    implements Message {}
