package troupe.devices.ide;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import troupe.devices.outside.BlockPort;

class DiskGeometryTest {
  private static DiskGeometry of(long sectors, BlockPort.RecordedGeometry recorded) {
    return DiskGeometry.of(Optional.ofNullable(recorded), sectors);
  }

  @ParameterizedTest
  @CsvSource({"602, 4, 17, 40960", "65535, 16, 255, 4278190080", "1, 1, 1, 1"})
  void whatIsRecorded(int cylinders, int heads, int sectors, long size) {
    assertEquals(
        new DiskGeometry(cylinders, heads, sectors),
        of(size, new BlockPort.RecordedGeometry(cylinders, heads, sectors)));
  }

  @ParameterizedTest
  @CsvSource({"0, 4, 17", "602, 0, 17", "602, 4, 0", "602, 17, 17", "65535, 16, 255", "603, 4, 17"})
  void whatNoSuchDiskCanHaveIsNotUsed(int cylinders, int heads, int sectors) {
    assertEquals(
        DiskGeometry.ofSectors(40_960),
        of(40_960, new BlockPort.RecordedGeometry(cylinders, heads, sectors)));
  }

  @Test
  void nothingRecorded() {
    assertEquals(new DiskGeometry(40, 16, 63), of(40_960, null));
  }
}
