package io.lambdadispatch.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A Dockerfile, as far as this project's own use its language.
 *
 * @param instructions in their order, of all stages
 */
record Dockerfile(List<Instruction> instructions) {
    private static final Pattern QUOTED = Pattern.compile("\"([^\"]*)\"");
    private static final Pattern ASSIGNMENT = Pattern.compile("(\\w+)=(?:\"([^\"]*)\"|(\\S*))");

    /**
     * One of its instructions.
     *
     * @param keyword such as {@code RUN}
     * @param text what follows, continued lines joined
     */
    record Instruction(String keyword, String text) {
        private static Instruction of(String line) {
            String[] parts = line.split("\\s+", 2);
            return new Instruction(parts[0], parts[1]);
        }

        boolean is(String name) {
            return keyword.equals(name);
        }

        /** The text without options, such as {@code --from=build}. */
        String withoutOptions() {
            return text.replaceFirst("^(--\\S+\\s+)+", "");
        }
    }

    static Dockerfile named(String name) throws IOException {
        List<Instruction> instructions = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String part : Files.readAllLines(path(name))) {
            if (part.isBlank() || part.startsWith("#")) {
                continue;
            }
            boolean goesOn = part.endsWith("\\");
            line.append(goesOn ? part.substring(0, part.length() - 1) : part);
            if (!goesOn) {
                instructions.add(Instruction.of(line.toString()));
                line.setLength(0);
            }
        }
        return new Dockerfile(instructions);
    }

    static Path path(String name) {
        return Distributions.root().resolve("docker").resolve(name);
    }

    /** The last one counts. */
    Instruction last(String keyword) {
        return all(keyword)
                .reduce((first, second) -> second)
                .orElseThrow(() -> new NoSuchElementException("no " + keyword));
    }

    boolean has(String keyword) {
        return all(keyword).findAny().isPresent();
    }

    private Stream<Instruction> all(String keyword) {
        return instructions.stream().filter(instruction -> instruction.is(keyword));
    }

    /** The command of an instruction in its exec form, {@code ["program", "argument"]}, in which no shell is between. */
    List<String> command(String keyword) {
        String text = last(keyword).text();
        if (!text.endsWith("]")) {
            throw new AssertionError(keyword + " is not in the exec form: " + text);
        }
        return QUOTED.matcher(text.substring(text.indexOf('[')))
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    Map<String, String> environment() {
        Map<String, String> variables = new LinkedHashMap<>();
        all("ENV")
                .flatMap(env -> ASSIGNMENT.matcher(env.text()).results())
                .forEach(match -> variables.put(match.group(1), value(match)));
        return variables;
    }

    private static String value(MatchResult match) {
        return match.group(2) == null ? match.group(3) : match.group(2);
    }
}
