package troupe.cli;

import java.util.Optional;
import troupe.engine.pc.PcFactory;
import troupe.engine.pc.Translation;
import troupe.processor.translator.RegionStore;

/** What PCs are built with. */
final class Machines {
  private final Optional<RegionStore> store;

  /**
   * @param engine auto: what runs often is translated, in the background; translator: everything is
   *     translated, before it runs; interpreter: nothing is
   */
  Machines(String engine) {
    store =
        switch (engine) {
          case "interpreter" -> Optional.empty();
          case "translator" ->
              Optional.of(new RegionStore(RegionStore.Limits.EVERYTHING, Runnable::run));
          default -> Optional.of(Translation.inBackground());
        };
  }

  PcFactory factory() {
    return new PcFactory(System::nanoTime, store.orElse(null));
  }

  /** What was translated up to now. */
  RegionStore.Counters translation() {
    return store.map(RegionStore::counters).orElse(RegionStore.Counters.NONE);
  }
}
