package io.lambdadispatch.router.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.protocol.ExitReason;
import io.lambdadispatch.protocol.InvokeReply;
import io.lambdadispatch.router.engine.InvokeOutcome;
import io.lambdadispatch.router.engine.InvokeOutcome.Reason;
import io.lambdadispatch.testkit.LogLines;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What happens again and again is told once. */
class PoolLogTest {
    private static final InvokeOutcome SUCCESS =
            new InvokeOutcome.Answered(new InvokeReply("blue", "1-initonly", 0, 1, ExitReason.SELF_INIT_ONLY));

    private static InvokeOutcome failure(Reason reason) {
        return new InvokeOutcome.Failed(reason, "as AWS said");
    }

    private static List<String> told(Runnable what) {
        try (LogLines lines = LogLines.listen()) {
            what.run();
            return lines.all();
        }
    }

    @Test
    void thatInitOnlyInvokesFailIsToldUntilTheyDoNotOrForAnotherReason() {
        PoolLog log = new PoolLog();
        List<String> lines = told(() -> {
            log.environmentWarmed("blue", SUCCESS, 1);
            log.environmentWarmed("blue", failure(Reason.THROTTLED), 1);
            log.environmentWarmed("blue", failure(Reason.THROTTLED), 1);
            log.environmentWarmed("blue", failure(Reason.FUNCTION_ERROR), 1);
            log.environmentWarmed("blue", SUCCESS, 1);
            log.environmentWarmed("blue", SUCCESS, 1);
            log.environmentWarmed("green", failure(Reason.THROTTLED), 1);
        });
        assertEquals(4, lines.size(), lines.toString());
        assertTrue(lines.get(0).contains("pool blue: an init-only invoke failed: THROTTLED as AWS said"));
        assertTrue(lines.get(1).contains("pool blue: an init-only invoke failed: FUNCTION_ERROR as AWS said"));
        assertTrue(lines.get(2).contains("pool blue: init-only invokes succeed again"));
        assertTrue(lines.get(3).contains("pool green: an init-only invoke failed: THROTTLED"));
    }

    @Test
    void aPoolThatIsRemovedIsToldAndForgotten() {
        PoolLog log = new PoolLog();
        List<String> lines = told(() -> {
            log.environmentWarmed("blue", failure(Reason.THROTTLED), 1);
            log.poolRemoved("blue");
            log.environmentWarmed("blue", failure(Reason.THROTTLED), 1);
        });
        assertEquals(3, lines.size(), lines.toString());
        assertTrue(lines.get(1).contains("INFO") && lines.get(1).contains("pool blue: removed"), lines.get(1));
    }
}
