package io.lambdadispatch.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.testkit.Await;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The console of {@code ./demo}, in a browser: instances come and go, one is drained by its button, all are replaced by theirs, and
 * no user notices. Pictures of it are in {@code target/console}.
 */
@Tag("processes")
class ConsoleIT {
    private static final Pattern URL = Pattern.compile("\"url\":\"([^\"]+)\"");
    private static final int PER_SECOND = 60;

    private final Path pictures = Distributions.build().resolve("console");

    @Test
    void showsWhatTheRouterDoesAndDrainsByButton() throws Exception {
        try (Browser browser = Browser.open(1280, 900);
                // Instances that are small, so that a load which a test machine can bear needs some.
                Demo demo = Demo.start(
                        "console", Map.of("MaxConcurrentCount", "3", "MaxInstances", "4", "ScaleDownDelay", "20s"))) {
            browser.prefer("light");
            browser.go(demo.consoleUrl());
            Await.until("the page is live", () -> browser.texts("#connection").contains("live"));
            assertEquals(List.of(), browser.texts(".cell"), "nothing runs before the first request");
            try (SteadyLoad load = SteadyLoad.start(demo.usersUrl(), PER_SECOND)) {
                Await.until("instances appear", () -> open(browser).size() >= 2);
                Await.until("the rate is told", () -> figure(browser, "rate") > 1);
                Await.until("durations are told", () -> browser.texts("[data-figure=duration] .value")
                        .get(0)
                        .endsWith("s"));
                Await.until("their state is a letter", () -> browser.texts(".cell.open").stream()
                        .anyMatch(state -> state.startsWith("O")));
                takePictures(browser);
                drainOne(browser, demo);
                replaceAll(browser);
                assertEquals(List.of(), load.failures(), "no user notices");
                load.stop();
                assertEquals(List.of(), load.failures());
            }
            Await.until("instances vanish", () -> browser.texts(".cell").isEmpty());
            Await.until("the charts go on", () -> charts(browser).stream().anyMatch(path -> path.contains("L")));
            browser.shoot(pictures.resolve("after.png"));
            assertEquals(List.of(), browser.complaints());
            assertNobodyElseIsAsked(browser, demo.consoleUrl());
        }
    }

    private static double figure(Browser browser, String name) {
        return Double.parseDouble(
                browser.texts("[data-figure=" + name + "] .value").get(0));
    }

    /** Ids of the instances that are open, as the table has them. */
    private static Set<String> open(Browser browser) {
        return ids(browser, "tr[data-state=open]");
    }

    private static Set<String> ids(Browser browser, String selector) {
        List<?> ids = (List<?>) browser.run(
                "return [...document.querySelectorAll(arguments[0])].map(row => row.dataset.instance)", selector);
        Set<String> all = new HashSet<>();
        ids.forEach(id -> all.add((String) id));
        return all;
    }

    private static List<String> charts(Browser browser) {
        List<?> paths = (List<?>) browser.run(
                "return [...document.querySelectorAll('.plot path')].map(path => path.getAttribute('d') ?? '')");
        return paths.stream().map(String.class::cast).toList();
    }

    private void takePictures(Browser browser) throws Exception {
        Await.until("there are lines", () -> charts(browser).stream().anyMatch(path -> path.contains("L")));
        browser.shoot(pictures.resolve("light.png"));
        browser.prefer("dark");
        browser.shoot(pictures.resolve("dark.png"));
        browser.prefer("light");
        browser.resize(360, 800);
        Number width = (Number) browser.run("return document.documentElement.scrollWidth");
        assertTrue(width.intValue() <= 360, width + " pixels wide on a phone");
        browser.shoot(pictures.resolve("phone.png"));
        browser.resize(1280, 900);
    }

    private static void drainOne(Browser browser, Demo demo) {
        // Found and clicked in one step: instances come and go.
        String id = Await.value("an instance is open", () -> (String) browser.run("const button ="
                + " document.querySelector('tr[data-state=open] button.drain'); button?.click();"
                + " return button?.closest('tr').dataset.instance"));
        Await.until("the drained instance is gone", () -> !ids(browser, "tr[data-instance]")
                .contains(id));
        demo.awaitInOutput("instance " + id + " is sent away, asked by 127.0.0.1");
    }

    private static void replaceAll(Browser browser) {
        Await.until("there is somebody to replace", () -> !open(browser).isEmpty());
        Set<String> before = open(browser);
        var button = browser.all("button.replace").get(0);
        button.click();
        assertTrue(button.getText().startsWith("Sure?"), "one click replaces nobody");
        button.click();
        Await.until("others are in their place", () -> {
            Set<String> now = ids(browser, "tr[data-instance]");
            return now.stream().noneMatch(before::contains) && !open(browser).isEmpty();
        });
    }

    private static void assertNobodyElseIsAsked(Browser browser, String console) {
        String own = console.substring(0, console.lastIndexOf('/'));
        List<String> asked = new ArrayList<>();
        for (String request : browser.networkLog()) {
            Matcher url = URL.matcher(request);
            while (url.find()) {
                asked.add(url.group(1));
            }
        }
        assertTrue(asked.contains(own + "/console/events"), asked.toString());
        assertTrue(asked.stream().allMatch(url -> url.startsWith(own + '/')), asked.toString());
        List<?> resources = (List<?>) browser.run("return performance.getEntriesByType('resource').map(e => e.name)");
        assertFalse(resources.isEmpty());
        assertTrue(resources.stream().allMatch(name -> ((String) name).startsWith(own + '/')), resources.toString());
    }
}
