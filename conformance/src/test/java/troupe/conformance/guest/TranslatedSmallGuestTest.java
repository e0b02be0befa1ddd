package troupe.conformance.guest;

/** The same with all code translated before it runs. */
class TranslatedSmallGuestTest extends SmallGuestTest {
  @Override
  TroupeRun.Engine engine() {
    return TroupeRun.Engine.TRANSLATOR;
  }
}
