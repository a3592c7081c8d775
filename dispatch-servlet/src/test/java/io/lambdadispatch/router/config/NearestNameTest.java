package io.lambdadispatch.router.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class NearestNameTest {
    @Test
    void distanceCountsInsertedRemovedAndReplacedLetters() {
        assertEquals(0, NearestName.distance("port", "port"));
        assertEquals(3, NearestName.distance("kitten", "sitting"));
        assertEquals(4, NearestName.distance("", "port"));
    }

    @Property
    void distanceIsSymmetric(
            @ForAll @AlphaChars @StringLength(max = 12) String a,
            @ForAll @AlphaChars @StringLength(max = 12) String b) {
        assertEquals(NearestName.distance(a, b), NearestName.distance(b, a));
    }

    @Test
    void theFirstOfSeveralEquallyNearNamesIsChosen() {
        assertEquals("aport", NearestName.of("port", List.of("sport", "aport", "airport")));
    }
}
