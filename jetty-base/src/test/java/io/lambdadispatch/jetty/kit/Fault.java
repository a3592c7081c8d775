package io.lambdadispatch.jetty.kit;

/** What goes wrong with an instance, and when. */
public record Fault(When when, What what) {
    /** How far the answer came. */
    public enum When {
        BEFORE_REQUEST_IS_READ(""),
        BEFORE_HEAD(""),
        IN_HEAD("HTTP/1.1 200 OK\r\nContent-Le"),
        AFTER_HEAD("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"),
        IN_COUNTED_BODY("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabcde"),
        IN_STREAMED_BODY("HTTP/1.1 200 OK\r\n\r\nabcde");

        private final String answer;

        When(String answer) {
            this.answer = answer;
        }

        /** What of the answer was sent until then. */
        public String answer() {
            return answer;
        }

        /** Whether the user has seen a status by then. */
        public boolean isAnswered() {
            return answer.contains("\r\n\r\n");
        }
    }

    /** What happens. */
    public enum What {
        RESETS_WITH_CANCEL,
        RESETS_WITH_INTERNAL_ERROR,
        ENDS_STREAM,
        DIES
    }

    @Override
    public String toString() {
        return what + " " + when;
    }
}
