package troupe.devices.ide;

/**
 * What a drive calls itself.
 *
 * @param model up to 40 ASCII characters
 * @param serial up to 20 ASCII characters
 * @param firmware up to 8 ASCII characters
 */
public record DriveIdentity(String model, String serial, String firmware) {}
