package io.lambdadispatch.it.deploy;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.AbstractConstruct;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * A place in a YAML file. The short form of a CloudFormation function reads as the long one: {@code !Ref A} as
 * {@code {Ref: A}}, {@code !GetAtt A.Arn} as {@code {Fn::GetAtt: A.Arn}}.
 *
 * @param path where it is, for messages
 * @param value maps, lists, strings, numbers and booleans
 */
record Node(String path, Object value) {
    static Node read(Path file) throws IOException {
        try (Reader reader = Files.newBufferedReader(file)) {
            return new Node(file.getFileName().toString(), new Yaml(new WithFunctions()).load(reader));
        }
    }

    static Stream<Node> documents(String name, String yaml) {
        return StreamSupport.stream(new Yaml(new WithFunctions()).loadAll(yaml).spliterator(), false)
                .map(document -> new Node(name, document));
    }

    /** What is there; a key that is missing is an error. */
    Node at(String... keys) {
        Node node = this;
        for (String key : keys) {
            Map<String, Object> map = node.map();
            if (!map.containsKey(key)) {
                throw new NoSuchElementException(node.path + " has no " + key + ", only " + map.keySet());
            }
            node = new Node(node.path + '.' + key, map.get(key));
        }
        return node;
    }

    boolean has(String key) {
        return map().containsKey(key);
    }

    /** The only element of a list. */
    Node only() {
        List<Node> elements = elements();
        if (elements.size() != 1) {
            throw new NoSuchElementException(path + " has " + elements.size() + " elements");
        }
        return elements.get(0);
    }

    List<Node> elements() {
        return ((List<?>) value)
                .stream().map(element -> new Node(path + "[]", element)).toList();
    }

    /** The values of a map, by their keys. */
    Map<String, Node> entries() {
        Map<String, Node> entries = new LinkedHashMap<>();
        map().keySet().forEach(key -> entries.put(key, at(key)));
        return entries;
    }

    /** The element of a list that has this field with this value. */
    Node with(String key, Object expected) {
        return elements().stream()
                .filter(element -> element.has(key) && element.at(key).value().equals(expected))
                .findFirst()
                .orElseThrow(() -> new NoSuchElementException(path + " has no element with " + key + ": " + expected));
    }

    String text() {
        return String.valueOf(value);
    }

    int number() {
        return Integer.parseInt(text());
    }

    @SuppressWarnings("unchecked")
    private Map<String, Object> map() {
        if (!(value instanceof Map)) {
            throw new NoSuchElementException(path + " is no map: " + value);
        }
        return (Map<String, Object>) value;
    }

    private static final class WithFunctions extends SafeConstructor {
        private WithFunctions() {
            super(new LoaderOptions());
            yamlConstructors.put(null, new Function());
        }

        private final class Function extends AbstractConstruct {
            @Override
            public Object construct(org.yaml.snakeyaml.nodes.Node node) {
                String name = node.getTag().getValue().substring(1);
                boolean isReserved = name.equals("Ref") || name.equals("Condition");
                return Map.of(isReserved ? name : "Fn::" + name, argument(node));
            }

            private Object argument(org.yaml.snakeyaml.nodes.Node node) {
                if (node instanceof ScalarNode scalar) {
                    return constructScalar(scalar);
                }
                return node instanceof SequenceNode sequence
                        ? constructSequence(sequence)
                        : constructMapping((MappingNode) node);
            }
        }
    }
}
