package io.lambdadispatch.router.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Documentation cannot drift: the table of router settings in {@code docs/configuration.md} is the declared one. */
class SettingsDocumentationTest {
    private static final String HEADING = "| Setting | Default | Allowed | Meaning |";

    @Test
    void theTableInTheDocumentationIsTheDeclaredOne() throws IOException {
        List<String> declared = new ArrayList<>();
        for (Setting setting : RouterConfig.settings()) {
            String value = setting.defaultValue().map(text -> '`' + text + '`').orElse(setting.defaultText());
            declared.add("| `" + setting.name() + "` | " + value + " | " + setting.allowed() + " | "
                    + setting.description() + " |");
        }
        assertEquals(String.join("\n", declared), String.join("\n", tableRows()));
    }

    /** The table says what may be set; a paragraph that begins with the name, or has it at the head of a sentence, says when and why. */
    @Test
    void everySettingHasAParagraph() throws IOException {
        String text = Files.readString(documentation());
        List<String> without = RouterConfig.settings().stream()
                .map(Setting::name)
                .filter(name -> !text.contains("**`" + name + "`**"))
                .toList();
        assertEquals(List.of(), without);
    }

    @Test
    void everyClientSettingIsDocumented() throws IOException {
        String text = Files.readString(documentation());
        for (String name : SettingTable.CLIENT_NAMES) {
            assertTrue(text.contains('`' + name + '`'), name);
        }
    }

    @Test
    void whereTheListPriceIsFromIsDocumented() throws IOException {
        String text = Files.readString(documentation()).replaceAll("\\s+", " ");
        assertTrue(text.contains("as of " + ListPrice.OF_AWS.asOf() + " (<" + ListPrice.OF_AWS.source() + ">)"));
    }

    private static List<String> tableRows() throws IOException {
        List<String> lines = Files.readAllLines(documentation());
        int heading = lines.indexOf(HEADING);
        assertTrue(heading >= 0, "no table with the heading " + HEADING);
        return lines.stream()
                .skip(heading + 2L)
                .takeWhile(line -> line.startsWith("|"))
                .toList();
    }

    private static Path documentation() {
        Path fromModule = Path.of("..", "docs", "configuration.md");
        return Files.exists(fromModule) ? fromModule : Path.of("docs", "configuration.md");
    }
}
