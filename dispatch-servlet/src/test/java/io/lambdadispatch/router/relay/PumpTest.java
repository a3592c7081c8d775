package io.lambdadispatch.router.relay;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

class PumpTest {
    /** An input that says that, one after the other. */
    private static ServletInputStream saying(Boolean... finished) {
        Iterator<Boolean> answers = List.of(finished).iterator();
        return new ServletInputStream() {
            @Override
            public boolean isFinished() {
                return answers.next();
            }

            @Override
            public boolean isReady() {
                return false;
            }

            @Override
            public void setReadListener(ReadListener listener) {}

            @Override
            public int read() {
                return -1;
            }
        };
    }

    @Test
    void anInputHasEndedWhenItSaysSoTwice() {
        assertTrue(Pump.hasEnded(saying(true, true)));
        assertFalse(Pump.hasEnded(saying(false)));
    }

    /** As Tomcat, when the last bytes come together with the end while it looks. */
    @Test
    void anInputThatTakesItBackHasNotEnded() {
        assertFalse(Pump.hasEnded(saying(true, false)));
    }
}
