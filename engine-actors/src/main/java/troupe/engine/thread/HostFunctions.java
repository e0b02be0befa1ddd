package troupe.engine.thread;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/** What the host's C library has for threads. */
final class HostFunctions {
  private HostFunctions() {}

  /** The function, if this host has it. */
  static Optional<MethodHandle> find(String name, FunctionDescriptor descriptor) {
    Linker linker = Linker.nativeLinker();
    return linker
        .defaultLookup()
        .find(name)
        .map(function -> linker.downcallHandle(function, descriptor));
  }
}
