package troupe.board;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.airlift.compress.zstd.ZstdOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.tukaani.xz.FilterOptions;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.LZMAOutputStream;
import org.tukaani.xz.X86Options;
import org.tukaani.xz.XZOutputStream;
import troupe.board.kernel.KernelImage;
import troupe.processor.Processor;

class DirectBootTest {
  /** 32-bit code: hlt. */
  private static final byte[] CODE = {(byte) 0xF4, (byte) 0xEB, (byte) 0xFD};

  private static final String LINE = "console=ttyS0 quiet";
  private final Configurations configurations = new Configurations();

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] bzImage() {
    ByteBuffer b = buffer(5 * 512 + CODE.length);
    b.put(0x1F1, (byte) 4).putShort(0x1FE, (short) 0xAA55).put(0x200, (byte) 0xEB);
    b.put(0x201, (byte) 0x62).put(0x202, "HdrS".getBytes(StandardCharsets.US_ASCII));
    b.putShort(0x206, (short) 0x020C).put(0x211, (byte) 1).putInt(0x214, 0x10_0000);
    b.putInt(0x22C, 0x7FFF_FFFF).putInt(0x238, 2047);
    b.putLong(0x258, 0x40_0000).putInt(0x260, 0x10_0000);
    b.put(5 * 512, CODE);
    return b.array();
  }

  /** An ELF file whose one segment, header and code, goes to 2 MiB. */
  private static byte[] multiboot(int flags) {
    ByteBuffer b = buffer(0x100);
    b.putInt(0, 0x464C_457F).put(4, (byte) 1).putInt(24, 0x20_0020).putInt(28, 52);
    b.putShort(42, (short) 32).putShort(44, (short) 1);
    b.putInt(52, 1).putInt(56, 0x80).putInt(60, 0x20_0000).putInt(64, 0x20_0000);
    b.putInt(68, 0x80).putInt(72, 0x1000);
    b.putInt(0x80, 0x1BAD_B002).putInt(0x84, flags).putInt(0x88, -(0x1BAD_B002 + flags));
    b.put(0xA0, CODE);
    return b.array();
  }

  private Machine boot(byte[] kernel, Optional<byte[]> initrd) {
    configurations.kernel = Optional.of(new DirectBoot(KernelImage.of(kernel), initrd, LINE));
    Machine machine = new Machine(configurations.make(), () -> 0, StubFirmware::new);
    machine.resume();
    for (int i = 0; i < 10; i++) {
      if (machine.run(0) instanceof RunEnd.Halted) {
        return machine;
      }
    }
    throw new AssertionError(machine.describe());
  }

  private static String text(Machine machine, int address) {
    StringBuilder text = new StringBuilder();
    for (int c = machine.memory().read8(address); c != 0; c = machine.memory().read8(++address)) {
      text.append((char) c);
    }
    return text.toString();
  }

  @Test
  void linuxGetsItsZeroPage() {
    byte[] initrd = {1, 2, 3, 4, 5};
    Machine machine = boot(bzImage(), Optional.of(initrd));
    Processor c = machine.processor();
    assertTrue(c.protectedMode());
    assertEquals(0x10_0001, c.eip);
    assertEquals(0x10, c.segments.selector[Processor.CS]);
    assertEquals(0x18, c.segments.selector[Processor.DS]);
    int page = c.r[Processor.ESI];
    var memory = machine.memory();
    assertEquals(0xAA55, memory.read16(page + 0x1FE));
    assertEquals(0x5372_6448, memory.read32(page + 0x202));
    assertEquals(0xFF, memory.read8(page + 0x210));
    assertEquals(LINE, text(machine, memory.read32(page + 0x228)));
    int initrdAt = memory.read32(page + 0x218);
    assertEquals(5, memory.read32(page + 0x21C));
    assertEquals((15 << 20) - 4096, initrdAt);
    assertEquals(5, memory.read8(initrdAt + 4));
    assertEquals(2, memory.read8(page + 0x1E8));
    assertEquals(639 << 10, memory.read32(page + 0x2D0 + 8));
    assertEquals(15 << 20, memory.read32(page + 0x2D0 + 20 + 8));
  }

  /** A kernel whose one segment, a halt, is for {@code address}, and which begins there. */
  private static byte[] kernel(int address) {
    ByteBuffer b = buffer(0x100);
    b.putInt(0, 0x464C_457F).put(4, (byte) 1).putInt(24, address).putInt(28, 52);
    b.putShort(42, (short) 32).putShort(44, (short) 1);
    b.putInt(52, 1).putInt(56, 0xA0).putInt(64, address);
    b.putInt(68, CODE.length).putInt(72, 0x1000);
    return b.put(0xA0, CODE).array();
  }

  private static byte[] bzImage(byte[] payload) {
    byte[] image = bzImage();
    ByteBuffer b = buffer(image.length + payload.length).put(image).put(payload);
    return b.putInt(0x248, CODE.length).putInt(0x24C, payload.length).array();
  }

  private interface Packer {
    OutputStream to(OutputStream out) throws IOException;
  }

  /** As the kernel's build packs it: the size is told at the end, where gzip has it anyway. */
  private static byte[] packed(byte[] kernel, Packer packer) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    OutputStream out = packer.to(bytes);
    out.write(kernel);
    out.close();
    if (!(out instanceof GZIPOutputStream)) {
      bytes.write(buffer(4).putInt(kernel.length).array());
    }
    return bytes.toByteArray();
  }

  @Test
  void aPackedKernelIsUnpackedToWhereItIsLinkedFor() throws IOException {
    List<Packer> packers =
        List.of(
            GZIPOutputStream::new,
            out ->
                new XZOutputStream(out, new FilterOptions[] {new X86Options(), new LZMA2Options()}),
            out -> new LZMAOutputStream(out, new LZMA2Options(), -1),
            ZstdOutputStream::new);
    for (Packer packer : packers) {
      Machine machine = boot(bzImage(packed(kernel(0x40_1000), packer)), Optional.empty());
      assertEquals(0x40_1001, machine.processor().eip);
      assertEquals(0xAA55, machine.memory().read16(machine.processor().r[Processor.ESI] + 0x1FE));
    }
  }

  @Test
  void aKernelThatCannotBeUnpackedHereUnpacksItself() throws IOException {
    byte[] damaged = packed(kernel(0x40_1000), GZIPOutputStream::new);
    damaged[20] ^= 0x55;
    byte[] otherSum = packed(kernel(0x40_1000), GZIPOutputStream::new);
    otherSum[otherSum.length - 8] ^= 1;
    byte[] cut = kernel(0x40_1000);
    cut[70] = 1;
    byte[] elsewhere = kernel(0x40_1000);
    elsewhere[26] = 0x41;
    byte[] huge = packed(kernel(0x40_1000), GZIPOutputStream::new);
    huge[huge.length - 1] = 0x7F;
    for (byte[] payload :
        List.of(
            damaged,
            otherSum,
            huge,
            new byte[100],
            packed(new byte[100], GZIPOutputStream::new),
            packed(cut, GZIPOutputStream::new),
            packed(elsewhere, GZIPOutputStream::new),
            packed(kernel(0x30_0000), GZIPOutputStream::new),
            packed(kernel(0x50_0000), GZIPOutputStream::new))) {
      assertEquals(0x10_0001, boot(bzImage(payload), Optional.empty()).processor().eip);
    }
  }

  @Test
  void multibootGetsItsInformation() {
    byte[] module = {9, 8, 7};
    Machine machine = boot(multiboot(3), Optional.of(module));
    Processor c = machine.processor();
    assertEquals(0x20_0021, c.eip);
    assertEquals(0x2BAD_B002, c.r[Processor.EAX]);
    int information = c.r[Processor.EBX];
    var memory = machine.memory();
    assertEquals(639, memory.read32(information + 4));
    assertEquals(15 << 10, memory.read32(information + 8));
    assertEquals("kernel " + LINE, text(machine, memory.read32(information + 16)));
    assertEquals(1, memory.read32(information + 20));
    int modules = memory.read32(information + 24);
    assertEquals(0x20_1000, memory.read32(modules));
    assertEquals(0x20_1003, memory.read32(modules + 4));
    assertEquals(9, memory.read8(0x20_1000));
    assertEquals(2 * 24, memory.read32(information + 44));
  }

  @Test
  void badKernelsAreRefusedWithALine() {
    refused("neither a Linux bzImage nor a multiboot ELF", new byte[10_000]);
    refused("asks for what is not there", multiboot(8));
    byte[] old = bzImage();
    old[0x206] = 0;
    refused("boot protocol 2.02", old);
    byte[] cut = java.util.Arrays.copyOf(bzImage(), 2000);
    refused("cut off", cut);
    byte[] elf = multiboot(3);
    elf[68 + 2] = 1;
    refused("cut off", elf);
  }

  @Test
  void whatDoesNotFitIsRefused() {
    configurations.kernel =
        Optional.of(
            new DirectBoot(KernelImage.of(bzImage()), Optional.of(new byte[14 << 20]), LINE));
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> new Machine(configurations.make(), () -> 0, StubFirmware::new));
    assertTrue(e.getMessage().contains("more than 16 MiB"), e.getMessage());
  }

  private static void refused(String why, byte[] kernel) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> KernelImage.of(kernel));
    assertTrue(e.getMessage().contains(why), e.getMessage());
  }

  @Test
  void withoutAKernelTheFirmwareGoesOn() {
    Machine machine = new Machine(configurations.make(), () -> 0, StubFirmware::new);
    machine.resume();
    assertInstanceOf(RunEnd.Halted.class, machine.run(0));
    assertTrue(machine.describe().contains("real mode"));
  }
}
