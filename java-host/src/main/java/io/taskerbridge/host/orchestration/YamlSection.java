package io.taskerbridge.host.orchestration;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.taskerbridge.core.config.Nearest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** A YAML mapping whose fields are read by type, each fault with its line. */
final class YamlSection {
  private static final int MAX_DEPTH = 50;
  private final String what;
  private final int line;
  private final Map<String, Node> fields = new LinkedHashMap<>();

  /**
   * Reads a mapping.
   *
   * @param what what it is, for messages: {@code the template}
   * @param known the fields that it may have
   */
  YamlSection(Node node, String what, Set<String> known) throws TemplateFault {
    this.what = what;
    this.line = line(node);
    if (!(node instanceof MappingNode mapping)) {
      throw new TemplateFault(line, what + " must be a mapping of fields to values");
    }
    for (NodeTuple tuple : mapping.getValue()) {
      String key = text(tuple.getKeyNode());
      if (!known.contains(key)) {
        throw new TemplateFault(
            line(tuple.getKeyNode()),
            what + " has no field \"" + key + "\"" + Nearest.hint(key, known));
      }
      if (fields.put(key, tuple.getValueNode()) != null) {
        throw new TemplateFault(
            line(tuple.getKeyNode()), what + " has the field " + key + " twice");
      }
    }
  }

  int line() {
    return line;
  }

  int lineOf(String field) {
    Node node = fields.get(field);
    return node == null ? line : line(node);
  }

  @Nullable Node node(String field) {
    return fields.get(field);
  }

  String requiredText(String field) throws TemplateFault {
    String text = optionalText(field, null);
    if (text == null || text.isBlank()) {
      throw new TemplateFault(lineOf(field), what + " needs a " + field);
    }
    return text;
  }

  @Nullable String optionalText(String field, @Nullable String otherwise) throws TemplateFault {
    Node node = fields.get(field);
    if (node == null) {
      return otherwise;
    }
    // a version such as 1.0 is a number to YAML; what was written is what is meant
    if (!(node instanceof ScalarNode scalar)
        || Tag.NULL.equals(node.getTag())
        || Tag.BOOL.equals(node.getTag())) {
      throw wrongType(field, "text");
    }
    if (scalar.getValue().indexOf('\0') >= 0) {
      throw new TemplateFault(line(node), field + " must not hold a NUL character");
    }
    return scalar.getValue();
  }

  double number(String field, double otherwise, double least, double most) throws TemplateFault {
    Node node = fields.get(field);
    if (node == null) {
      return otherwise;
    }
    if (!(node instanceof ScalarNode scalar)
        || !(Tag.INT.equals(node.getTag()) || Tag.FLOAT.equals(node.getTag()))) {
      throw wrongType(field, "a number");
    }
    try {
      double value = Double.parseDouble(scalar.getValue());
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw wrongType(field, "a number");
    }
    throw new TemplateFault(
        line(node),
        field
            + " of "
            + what
            + " must be from "
            + plain(least)
            + " to "
            + plain(most)
            + ", not "
            + scalar.getValue());
  }

  int wholeNumber(String field, int otherwise, int least, int most) throws TemplateFault {
    double value = number(field, otherwise, least, most);
    if (value != Math.rint(value)) {
      throw wrongType(field, "a whole number");
    }
    return (int) value;
  }

  List<String> texts(String field) throws TemplateFault {
    List<String> texts = new ArrayList<>();
    for (Node item : items(field)) {
      if (!(item instanceof ScalarNode scalar)) {
        throw wrongType(field, "a list of names");
      }
      texts.add(scalar.getValue());
    }
    return texts;
  }

  List<Node> items(String field) throws TemplateFault {
    Node node = fields.get(field);
    if (node == null) {
      return List.of();
    }
    if (!(node instanceof SequenceNode sequence)) {
      throw wrongType(field, "a list");
    }
    return sequence.getValue();
  }

  String jsonObject(String field, ObjectMapper json) throws TemplateFault {
    Node node = fields.get(field);
    if (node == null) {
      return "{}";
    }
    if (!(node instanceof MappingNode)) {
      throw wrongType(field, "a mapping");
    }
    try {
      return json.writeValueAsString(toJson(node, 0));
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new TemplateFault(line(node), field + " cannot be written as JSON");
    }
  }

  private JsonNode toJson(Node node, int depth) throws TemplateFault {
    if (depth > MAX_DEPTH) {
      throw new TemplateFault(
          line(node), "config is nested deeper than " + MAX_DEPTH + " levels, or holds itself");
    }
    JsonNodeFactory make = JsonNodeFactory.instance;
    if (node instanceof MappingNode mapping) {
      ObjectNode object = make.objectNode();
      for (NodeTuple tuple : mapping.getValue()) {
        object.set(text(tuple.getKeyNode()), toJson(tuple.getValueNode(), depth + 1));
      }
      return object;
    }
    if (node instanceof SequenceNode sequence) {
      ArrayNode array = make.arrayNode();
      for (Node item : sequence.getValue()) {
        array.add(toJson(item, depth + 1));
      }
      return array;
    }
    return scalar(node);
  }

  private static JsonNode scalar(Node node) throws TemplateFault {
    JsonNodeFactory make = JsonNodeFactory.instance;
    String value = text(node);
    Tag tag = node.getTag();
    try {
      if (Tag.NULL.equals(tag)) {
        return make.nullNode();
      } else if (Tag.BOOL.equals(tag)) {
        return make.booleanNode(Boolean.parseBoolean(value));
      } else if (Tag.INT.equals(tag)) {
        return make.numberNode(Long.decode(value));
      } else if (Tag.FLOAT.equals(tag)) {
        return make.numberNode(Double.parseDouble(value));
      }
    } catch (NumberFormatException e) {
      return make.textNode(value);
    }
    return make.textNode(value);
  }

  private TemplateFault wrongType(String field, String right) {
    return new TemplateFault(lineOf(field), field + " of " + what + " must be " + right);
  }

  static String text(Node node) throws TemplateFault {
    if (node instanceof ScalarNode scalar) {
      if (scalar.getValue().indexOf('\0') >= 0) {
        throw new TemplateFault(line(node), "text must not hold a NUL character");
      }
      return scalar.getValue();
    }
    throw new TemplateFault(line(node), "a name must be plain text");
  }

  static int line(Node node) {
    return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
  }

  private static String plain(double number) {
    return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
  }
}
