package troupe.processor.translator;

/**
 * What a processor's translator has done.
 *
 * @param regions regions attached to this processor
 * @param translated of these, the ones translated for it rather than found in the store
 * @param waiting hot places that wait for their translation
 * @param nanos processor time that translation took, ns
 */
public record TranslationCounters(long regions, long translated, long waiting, long nanos) {
  public static final TranslationCounters NONE = new TranslationCounters(0, 0, 0, 0);
}
