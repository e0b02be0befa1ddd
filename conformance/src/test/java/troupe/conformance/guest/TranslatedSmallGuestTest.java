package troupe.conformance.guest;

import org.junit.jupiter.api.Tag;

/** The same with all code translated before it runs. */
@Tag("long")
class TranslatedSmallGuestTest extends SmallGuestTest {
  @Override
  TroupeRun.Engine engine() {
    return TroupeRun.Engine.TRANSLATOR;
  }
}
