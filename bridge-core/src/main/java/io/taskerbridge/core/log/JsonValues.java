package io.taskerbridge.core.log;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes what {@link PlainValues} made as JSON. */
final class JsonValues {
  private static final JsonFactory FACTORY = new JsonFactory();

  private JsonValues() {}

  /** One value as JSON text. */
  static String toJson(Object value) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(text)) {
      write(json, value);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  static void writeFields(JsonGenerator json, Map<String, ? extends @Nullable Object> fields)
      throws IOException {
    for (Map.Entry<String, ? extends @Nullable Object> field : fields.entrySet()) {
      json.writeFieldName(field.getKey());
      write(json, field.getValue());
    }
  }

  private static void write(JsonGenerator json, @Nullable Object value) throws IOException {
    switch (value) {
      case null -> json.writeNull();
      case String text -> json.writeString(text);
      case Boolean flag -> json.writeBoolean(flag);
      case Number number -> writeNumber(json, number);
      case Map<?, ?> map -> {
        json.writeStartObject();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          json.writeFieldName(String.valueOf(entry.getKey()));
          write(json, entry.getValue());
        }
        json.writeEndObject();
      }
      case List<?> list -> {
        json.writeStartArray();
        for (Object element : list) {
          write(json, element);
        }
        json.writeEndArray();
      }
      default -> json.writeString(value.toString());
    }
  }

  private static void writeNumber(JsonGenerator json, Number number) throws IOException {
    switch (number) {
      case Double d -> json.writeNumber(d);
      case Float f -> json.writeNumber(f);
      case BigInteger whole -> json.writeNumber(whole);
      case BigDecimal decimal -> json.writeNumber(decimal);
      default -> json.writeNumber(number.longValue());
    }
  }
}
