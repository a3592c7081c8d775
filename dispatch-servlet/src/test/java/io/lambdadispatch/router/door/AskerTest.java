package io.lambdadispatch.router.door;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.router.relay.MemoryEnd;
import org.junit.jupiter.api.Test;

class AskerTest {
    private static boolean isOnThisMachine(String remote, String local) {
        return Asker.isOnThisMachine(MemoryEnd.of("GET", "/").at("localhost", remote, local));
    }

    @Test
    void onThisMachineIsWhoCameOverLoopback() {
        assertTrue(isOnThisMachine("127.0.0.1", "127.0.0.1"));
        assertTrue(isOnThisMachine("::1", "::1"));
        assertTrue(isOnThisMachine("0:0:0:0:0:0:0:1", "0:0:0:0:0:0:0:1"));
        assertFalse(isOnThisMachine("192.0.2.7", "192.0.2.1"));
        assertFalse(isOnThisMachine("127.0.0.1", "192.0.2.1"));
        assertFalse(isOnThisMachine("192.0.2.7", "127.0.0.1"));
    }

    private static boolean isOfOurPage(String... fields) {
        MemoryEnd request = MemoryEnd.of("POST", "/");
        for (int i = 0; i < fields.length; i += 2) {
            request.with(fields[i], fields[i + 1]);
        }
        return Asker.isOfOurPage(request);
    }

    @Test
    void ourPageIsWhatABrowserSaysItIs() {
        assertTrue(isOfOurPage("Host", "127.0.0.1:5005"));
        assertTrue(isOfOurPage(
                "Host", "127.0.0.1:5005", "Origin", "http://127.0.0.1:5005", "Sec-Fetch-Site", "same-origin"));
        assertFalse(isOfOurPage("Host", "127.0.0.1:5005", "Origin", "http://127.0.0.1:3001"));
        assertFalse(isOfOurPage("Host", "127.0.0.1:5005", "Origin", "https://127.0.0.1:5005"));
        assertFalse(isOfOurPage("Host", "127.0.0.1:5005", "Origin", "null"));
        assertFalse(isOfOurPage("Host", "127.0.0.1:5005", "Sec-Fetch-Site", "same-site"));
        assertFalse(isOfOurPage("Host", "127.0.0.1:5005", "Sec-Fetch-Site", "cross-site"));
    }

    private static boolean namesAnAddress(String host) {
        return Asker.namesAnAddress(MemoryEnd.of("GET", "/").at(host, "192.0.2.7", "192.0.2.1"));
    }

    @Test
    void anAddressIsNoName() {
        assertTrue(namesAnAddress("127.0.0.1"));
        assertTrue(namesAnAddress("[::1]"));
        assertTrue(namesAnAddress("localhost"));
        assertFalse(namesAnAddress("evil.example"));
        assertFalse(namesAnAddress("127.0.0.1.evil.example"));
    }

    @Test
    void tokensAreLongAndDifferAndAreNotShown() {
        ConsoleToken token = new ConsoleToken();
        assertEquals(43, token.text().length());
        assertTrue(token.matches(token.text()));
        assertFalse(token.matches(new ConsoleToken().text()));
        assertFalse(token.matches(null));
        assertFalse(token.matches(""));
        assertFalse(token.toString().contains(token.text()));
    }
}
