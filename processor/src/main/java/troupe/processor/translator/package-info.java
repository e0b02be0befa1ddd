/**
 * Guest code to JVM bytecode. A {@link troupe.processor.translator.Plan} is what is translated: the
 * basic blocks that are reached from one hot one. {@link troupe.processor.translator.RegionEmitter}
 * makes one hidden class of it, whose instances are {@link troupe.processor.translator.Region}s,
 * with {@link troupe.processor.translator.IntegerEmitter}, {@link
 * troupe.processor.translator.SimdEmitter} and {@link troupe.processor.translator.FlagEmitter}. The
 * {@link troupe.processor.translator.Translator} of a processor decides what is hot; {@link
 * troupe.processor.translator.RegionStore} keeps what was translated, for all processors.
 */
package troupe.processor.translator;
