package troupe.cli;

import troupe.engine.pc.PcFactory;
import troupe.engine.vm.GuestMachineFactory;

/** What PCs are built with. */
final class Machines {
  private Machines() {}

  static GuestMachineFactory factory() {
    return new PcFactory(System::nanoTime);
  }
}
