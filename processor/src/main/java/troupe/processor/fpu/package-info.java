/**
 * The x87: state, 80-bit arithmetic, and the instructions.
 *
 * <p>{@link troupe.processor.fpu.FloatOperation} does the arithmetic that all formats share and
 * rounds; {@link troupe.processor.fpu.Float80} and its neighbours add the rules of the 80-bit
 * format; the X87 classes fetch operands, keep the stack and deliver errors.
 *
 * <p>Where [SDM] leaves a choice or processors differ, this one does the following, which was
 * compared with an AMD processor:
 *
 * <ul>
 *   <li>Comparisons set their outcome even if the exception they raise is unmasked; only the pop is
 *       left out. FCOMI, FUCOMI and FCMOVcc leave C1 alone unless there is a stack fault.
 *   <li>An unmasked denormal exception of FLD m32 and m64 does not keep the number from being
 *       pushed.
 *   <li>An unmasked overflow or underflow of a store to memory does not report inexactness.
 *   <li>FSTP by the opcode D9 /3 takes an empty ST(0) without a stack fault.
 *   <li>F2XM1 outside -1 to 1 leaves the number as it is; FYL2X of a power of two reports an
 *       inexact result although it is exact. FSIN, FCOS, FSINCOS and FPTAN reduce by a pi of 66
 *       bits, as the chips of both makers do. Results are correctly rounded but for rare cases;
 *       chips are within one unit in the last place of them.
 *   <li>FPREM and FPREM1 reduce an exponent difference D of 64 or more by 32 + D mod 32.
 *   <li>The last opcode is kept only when an error is unmasked (8.1.9.1), the pointers always.
 * </ul>
 */
package troupe.processor.fpu;
