package io.lambdadispatch.router.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The lists of settings that people edit name every setting, with its default, in the order of the documentation. */
class SettingsListsTest {
    /** What a Jetty that is not ours has its own properties for. */
    private static final Set<String> JETTYS_OWN = Set.of(
            "IncomingRequestHTTPPort", "IncomingRequestHTTPSPort", "MaxUserConnections", "MaxWorkerThreads", "PidFile");

    /** Set together with the connector that uses it. */
    private static final Set<String> BY_CONNECTOR = Set.of("TlsKeyStorePath", "TlsKeyStorePassword");

    @Test
    void webXmlHasEverySettingCommentedOut() throws IOException {
        assertContains("webapp/src/main/webapp/WEB-INF/web.xml", list(Set.of(), setting -> """
                  <!-- %s %s. Allowed: %s.
                  <context-param>
                    <param-name>%s</param-name>
                    <param-value>%s</param-value>
                  </context-param>
                  -->

                """.formatted(
                        setting.description(),
                        defaultText(setting),
                        setting.allowed(),
                        setting.name(),
                        setting.defaultValue().orElse(""))));
    }

    @Test
    void theJettyModuleHasEverySettingCommentedOut() throws IOException {
        assertContains(
                "webapp/src/main/jetty/modules/lambda-dispatch.mod",
                list(JETTYS_OWN, setting -> """
                ## %s %s. Allowed: %s.
                # %s=%s

                """.formatted(
                                        setting.description(),
                                        defaultText(setting),
                                        setting.allowed(),
                                        property(setting),
                                        setting.defaultValue().orElse("")))
                        .strip());
    }

    @Test
    void theJettyModuleHandsEverySettingOn() throws IOException {
        Set<String> elsewhere = JETTYS_OWN.stream().collect(Collectors.toSet());
        elsewhere.addAll(BY_CONNECTOR);
        assertContains("webapp/src/main/jetty/etc/lambda-dispatch.xml", list(elsewhere, setting ->
                """
                  <Call class="java.lang.System" name="setProperty"><Arg>%1$s</Arg><Arg><Property name="%1$s" default=""/></Arg></Call>
                """.formatted(property(setting))));
        for (String name : BY_CONNECTOR) {
            assertContains(
                    "webapp/src/main/jetty/etc/lambda-dispatch-control-tls.xml",
                    "<Arg>lambda.dispatch." + name + "</Arg>");
        }
    }

    private static String property(Setting setting) {
        return setting.isOurs() ? "lambda.dispatch." + setting.name() : setting.name();
    }

    private static String defaultText(Setting setting) {
        boolean isRequired = setting.defaultText().equals("required");
        return isRequired ? "Required" : "Default: " + setting.defaultValue().orElse(setting.defaultText());
    }

    private static String list(Set<String> without, Function<Setting, String> entry) {
        String list = RouterConfig.settings().stream()
                .filter(setting -> !without.contains(setting.name()))
                .map(entry)
                .collect(Collectors.joining());
        assertTrue(list.contains("FunctionName"), "an empty list would be in every file");
        return list;
    }

    /** An assertion that shows, when it fails, the lines that should be there. */
    private static void assertContains(String file, String text) throws IOException {
        Path fromModule = Path.of("..").resolve(file);
        String content = Files.readString(Files.exists(fromModule) ? fromModule : Path.of(file));
        if (!content.contains(text)) {
            assertEquals(text, content, file + " lacks these lines");
        }
    }
}
