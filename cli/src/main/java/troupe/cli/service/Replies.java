package troupe.cli.service;

import troupe.board.Machine;
import troupe.client.protocol.Reply;
import troupe.client.protocol.VmInfo;
import troupe.client.protocol.VmState;
import troupe.engine.vm.Answer;
import troupe.engine.vm.DiskTraffic;
import troupe.engine.vm.End;
import troupe.engine.vm.NetworkTraffic;
import troupe.engine.vm.PowerState;
import troupe.engine.vm.Status;
import troupe.scheduler.Scheduler;
import troupe.scheduler.Usage;

/** What the engine says, as clients are told. */
final class Replies {
  private static final double NANOS = 1e9;

  private Replies() {}

  /**
   * @param answer null if there was none in time
   */
  static Reply of(Answer answer) {
    return switch (answer) {
      case Answer.Done _ -> new Reply.Done();
      case Answer.Refused(String reason) -> new Reply.Refused(reason);
      case null -> new Reply.Refused("no answer in time");
    };
  }

  /**
   * @param account null if the VM is off
   */
  static VmInfo of(Status status, Scheduler.Account account) {
    Usage usage = account == null ? new Usage(0, 0, 0) : account.usage();
    DiskTraffic disk = status.disk();
    NetworkTraffic network = status.network();
    return new VmInfo(
        status.name(),
        state(status.state()),
        status.memoryMib(),
        new VmInfo.Cpu(
            status.entitlement().weight(),
            status.entitlement().reserve(),
            status.entitlement().maximum(),
            account == null ? 0 : account.granted(),
            usage.used() / NANOS,
            usage.waited() / NANOS,
            usage.capped() / NANOS),
        new VmInfo.Disk(disk.reads(), disk.writes(), disk.bytesRead(), disk.bytesWritten()),
        new VmInfo.Code(status.codeBytes(), Machine.MOST_CODE_BYTES),
        new VmInfo.Network(network.adapters(), network.bytesReceived(), network.bytesSent()),
        status.virtualNanos() / NANOS,
        status.instructions(),
        status.lastEnd().map(End::detail).orElse(""));
  }

  /** For a VM that does not answer, all that is known. */
  static VmInfo silent(String vm) {
    return new VmInfo(
        vm,
        VmState.INVALID,
        0,
        new VmInfo.Cpu(0, 0, 0, 0, 0, 0, 0),
        new VmInfo.Disk(0, 0, 0, 0),
        new VmInfo.Code(0, Machine.MOST_CODE_BYTES),
        new VmInfo.Network(0, 0, 0),
        0,
        0,
        "does not answer");
  }

  private static VmState state(PowerState state) {
    return switch (state) {
      case TURNED_OFF -> VmState.TURNED_OFF;
      case SAVED -> VmState.SAVED;
      case TURNING_ON -> VmState.TURNING_ON;
      case RESTORING -> VmState.RESTORING;
      case RUNNING -> VmState.RUNNING;
      case PAUSED -> VmState.PAUSED;
      case SAVING -> VmState.SAVING;
      case TURNING_OFF -> VmState.TURNING_OFF;
      case DELETE_MACHINE -> VmState.DELETE_MACHINE;
    };
  }
}
