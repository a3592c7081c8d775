package io.lambdadispatch.router.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TrampolineTest {
    private final List<String> done = new ArrayList<>();

    @Test
    void takesWhatComesFromWithinAfterwards() {
        Trampoline<Integer> trampoline = trampolineTo(3);
        trampoline.accept(0);
        assertEquals(List.of("begins 0", "ends 0", "begins 1", "ends 1", "begins 2", "ends 2"), done);
    }

    private Trampoline<Integer> trampolineTo(int end) {
        List<Trampoline<Integer>> self = new ArrayList<>();
        self.add(new Trampoline<>(number -> {
            done.add("begins " + number);
            if (number + 1 < end) {
                self.get(0).accept(number + 1);
            }
            done.add("ends " + number);
        }));
        return self.get(0);
    }

    @Test
    void keepsTheStackFlatHoweverLongTheChain() {
        trampolineTo(1_000_000).accept(0);
        assertEquals(2_000_000, done.size());
    }

    @ParameterizedTest
    @MethodSource("failures")
    void takesThoseThatWaitThoughOneFails(Supplier<Throwable> failure) {
        List<Trampoline<Integer>> self = new ArrayList<>();
        self.add(new Trampoline<>(number -> {
            done.add("took " + number);
            if (number == 0) {
                self.get(0).accept(1);
                self.get(0).accept(2);
                sneak(failure.get());
            }
        }));
        assertThrows(failure.get().getClass(), () -> self.get(0).accept(0));
        assertEquals(List.of("took 0", "took 1", "took 2"), done);
        self.get(0).accept(3);
        assertEquals("took 3", done.get(3));
    }

    static Stream<Supplier<Throwable>> failures() {
        return Stream.of(() -> new IllegalStateException("0 fails"), () -> new OutOfMemoryError("0 fails badly"));
    }

    private static void sneak(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) failure;
    }
}
