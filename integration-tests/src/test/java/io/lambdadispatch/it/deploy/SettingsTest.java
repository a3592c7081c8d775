package io.lambdadispatch.it.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A setting that is misspelled in a template would be passed over with a warning in a log that nobody reads. */
class SettingsTest {
    private static final Pattern SETTING = Pattern.compile("\\bLAMBDA_DISPATCH_(\\w+)");
    private static final Pattern DOCUMENTED = Pattern.compile("(?m)^\\| `(?:AWS_)?(\\w+)` \\|");

    /** Set by local-lambda's demo, not a setting of router or client. */
    private static final Set<String> OTHERS = Set.of("CLIENT");

    @Test
    void templatesNameNoneThatThereIsNot() throws IOException {
        Set<String> named = new TreeSet<>();
        for (String directory : new String[] {"deploy", "docker"}) {
            try (Stream<Path> files = Files.walk(Project.file(directory))) {
                for (Path file : files.filter(SettingsTest::isSource).toList()) {
                    named.addAll(names(SETTING, file));
                }
            }
        }
        assertFalse(named.isEmpty());
        named.removeAll(names(DOCUMENTED, Project.file("docs/configuration.md")));
        named.removeAll(OTHERS);
        assertEquals(Set.of(), named);
    }

    private static boolean isSource(Path file) {
        return Files.isRegularFile(file)
                && !Project.root().relativize(file).toString().contains("target");
    }

    private static Set<String> names(Pattern pattern, Path file) throws IOException {
        return pattern.matcher(Files.readString(file))
                .results()
                .map((MatchResult match) -> match.group(1))
                .collect(Collectors.toSet());
    }
}
