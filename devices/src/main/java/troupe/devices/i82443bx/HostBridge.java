package troupe.devices.i82443bx;

import static troupe.devices.i82443bx.HostBridgeRegisters.BSPAD;
import static troupe.devices.i82443bx.HostBridgeRegisters.DRAMC;
import static troupe.devices.i82443bx.HostBridgeRegisters.DRAMT;
import static troupe.devices.i82443bx.HostBridgeRegisters.DRB0;
import static troupe.devices.i82443bx.HostBridgeRegisters.DRB_COUNT;
import static troupe.devices.i82443bx.HostBridgeRegisters.DRB_UNIT_MIB;
import static troupe.devices.i82443bx.HostBridgeRegisters.EAP;
import static troupe.devices.i82443bx.HostBridgeRegisters.ERRCMD;
import static troupe.devices.i82443bx.HostBridgeRegisters.ERRSTS;
import static troupe.devices.i82443bx.HostBridgeRegisters.ESMRAMC;
import static troupe.devices.i82443bx.HostBridgeRegisters.FDHC;
import static troupe.devices.i82443bx.HostBridgeRegisters.MBSC;
import static troupe.devices.i82443bx.HostBridgeRegisters.NBXCFG;
import static troupe.devices.i82443bx.HostBridgeRegisters.PAM0;
import static troupe.devices.i82443bx.HostBridgeRegisters.PAM_COUNT;
import static troupe.devices.i82443bx.HostBridgeRegisters.PAM_READ_ENABLE;
import static troupe.devices.i82443bx.HostBridgeRegisters.PAM_WRITE_ENABLE;
import static troupe.devices.i82443bx.HostBridgeRegisters.PGPOL;
import static troupe.devices.i82443bx.HostBridgeRegisters.PMCR;
import static troupe.devices.i82443bx.HostBridgeRegisters.RPS;
import static troupe.devices.i82443bx.HostBridgeRegisters.SCRR;
import static troupe.devices.i82443bx.HostBridgeRegisters.SDRAMC;
import static troupe.devices.i82443bx.HostBridgeRegisters.SMRAM;
import static troupe.devices.i82443bx.HostBridgeRegisters.SMRAM_BASE_SEGMENT;
import static troupe.devices.i82443bx.HostBridgeRegisters.SMRAM_CLOSED;
import static troupe.devices.i82443bx.HostBridgeRegisters.SMRAM_ENABLE;
import static troupe.devices.i82443bx.HostBridgeRegisters.SMRAM_LOCK;
import static troupe.devices.i82443bx.HostBridgeRegisters.SMRAM_OPEN;

import troupe.devices.pci.PciFunction;
import troupe.devices.pci.PciRegisters;
import troupe.devices.state.BadStateException;
import troupe.devices.state.Chip;

/**
 * The host bridge as device 0 of PCI bus 0: the Intel 82443BX without AGP, or the 82441FX that it
 * descends from. It holds the configuration of the memory controller; what that does to the memory
 * map goes to {@link ShadowControl}. DRAM rows describe the RAM from reset on, as if the firmware
 * had sized it. There is no system management mode, so SMRAM matters only while it is open.
 */
public final class HostBridge implements Chip<HostBridge.State> {
  /** Which chip it says it is. */
  public enum Model {
    /** 82443BX, AGP disabled: 8086:7192. */
    I82443BX,
    /** 82441FX: 8086:1237, with the subsystem identity of QEMU's board. */
    I82441FX
  }

  /** Saved state. */
  public record State(PciFunction.State function) {}

  private static final int CLASS_HOST_BRIDGE = 0x060000;
  private static final int KIB = 1024;

  private final PciFunction function;
  private final ShadowControl shadow;

  /**
   * @param memoryMib installed RAM, for the DRAM row boundaries
   */
  public HostBridge(Model model, int memoryMib, ShadowControl shadow) {
    this.shadow = shadow;
    function =
        switch (model) {
          case I82443BX -> new PciFunction(0x8086, 0x7192, 0x03, CLASS_HOST_BRIDGE);
          case I82441FX ->
              new PciFunction(0x8086, 0x1237, 0x02, CLASS_HOST_BRIDGE).subsystem(0x1AF4, 0x1100);
        };
    // Memory space and bus mastering cannot be turned off ([82443BX] PCICMD).
    function.register(PciRegisters.COMMAND, 2, 0x0006, 0x0140);
    function.register(DRAMC, 1, 0x00, 0x3F).register(DRAMT, 1, 0x03, 0xFF);
    function.register(PAM0, 1, 0, 0x30);
    for (int i = 1; i < PAM_COUNT; i++) {
      function.register(PAM0 + i, 1, 0, 0x33);
    }
    for (int i = 0; i < DRB_COUNT; i++) {
      int rowsEnd = Math.ceilDiv(memoryMib, DRB_UNIT_MIB);
      function.register(DRB0 + i, 1, Math.min(rowsEnd, 0xFF), 0xFF);
    }
    function.register(FDHC, 1, 0, 0xC0);
    function.register(SMRAM, 1, SMRAM_BASE_SEGMENT, SMRAM_OPEN | SMRAM_CLOSED | SMRAM_ENABLE);
    switch (model) {
      case I82443BX -> {
        function.register(NBXCFG, 4, 0x0000_0000, 0xFF00_FFFC);
        function.register(MBSC, 4, 0, -1).register(MBSC + 4, 2, 0, 0xFFFF);
        function.register(ESMRAMC, 1, 0x38, 0x07);
        function.register(RPS, 2, 0, 0xFFFF).register(SDRAMC, 2, 0, 0x1FFF);
        function.register(PGPOL, 2, 0, 0xFF0F).register(PMCR, 1, 0, 0xFF);
        function.register(SCRR, 2, 0x0038, 0xFFFF).register(EAP, 4, 0, 0);
        function.register(ERRCMD, 1, 0x80, 0xFF);
        function.register(ERRSTS, 2, 0, 0).clearedByOnes(ERRSTS, 2, 0x1F);
        function.register(BSPAD, 4, 0, -1);
      }
      case I82441FX -> {
        function.register(NBXCFG, 4, 0, -1);
        function.register(ERRCMD, 1, 0, 0xFF);
        function.register(ERRSTS, 1, 0, 0).clearedByOnes(ERRSTS, 1, 0x11);
      }
    }
    function.onWrite(PAM0, PAM0 + PAM_COUNT - 1, this::showPam);
    function.onWrite(SMRAM, SMRAM, this::showSmram);
    showPam();
    showSmram();
  }

  /** To be put on the bus as function 0 of device 0. */
  public PciFunction function() {
    return function;
  }

  private void showPam() {
    showHalf(0xF0000, 64 * KIB, function.read8(PAM0) >>> 4);
    for (int i = 1; i < PAM_COUNT; i++) {
      int base = 0xC0000 + (i - 1) * 32 * KIB;
      showHalf(base, 16 * KIB, function.read8(PAM0 + i));
      showHalf(base + 16 * KIB, 16 * KIB, function.read8(PAM0 + i) >>> 4);
    }
  }

  private void showHalf(int base, int length, int attributes) {
    shadow.shadow(
        base, length, (attributes & PAM_READ_ENABLE) != 0, (attributes & PAM_WRITE_ENABLE) != 0);
  }

  private void showSmram() {
    int smram = function.read8(SMRAM);
    if ((smram & SMRAM_LOCK) != 0) {
      smram &= ~SMRAM_OPEN;
      function.set8(SMRAM, smram);
    }
    boolean open =
        (smram & SMRAM_OPEN) != 0 && (smram & SMRAM_CLOSED) == 0 && (smram & SMRAM_ENABLE) != 0;
    shadow.shadow(0xA0000, 128 * KIB, open, open);
  }

  @Override
  public void reset() {
    function.reset();
  }

  @Override
  public State save() {
    return new State(function.save());
  }

  @Override
  public void restore(State state) throws BadStateException {
    if (state.function() == null) {
      throw new BadStateException("host bridge without configuration space");
    }
    function.restore(state.function());
  }
}
