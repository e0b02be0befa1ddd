package troupe.cli.remote;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializerBase;
import troupe.client.protocol.VmState;

/** What the daemon says, as JSON: names in snake case, states as words. */
final class Json {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .serializationInclusion(JsonInclude.Include.ALWAYS)
          .addModule(
              new SimpleModule()
                  .addSerializer(
                      VmState.class,
                      new ToStringSerializerBase(VmState.class) {
                        private static final long serialVersionUID = 1L;

                        @Override
                        public String valueToString(Object value) {
                          return ((VmState) value).word();
                        }
                      }))
          .build();

  private Json() {}

  /** In one line. */
  static String of(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
