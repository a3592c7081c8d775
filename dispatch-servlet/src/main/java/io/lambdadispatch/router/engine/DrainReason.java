package io.lambdadispatch.router.engine;

/** Why an instance gets nothing new. */
public enum DrainReason {
    /** There are more than are needed. */
    SURPLUS("it is not needed any more"),
    /** It said that it is about to leave. */
    ASKED("it asked for it"),
    /** It said so when its deadline was near. */
    DEADLINE("its deadline is near"),
    /** Its connection broke, and all its channels with it. */
    DISCONNECTED("its connection is lost"),
    /** An operator sends it away. */
    OPERATOR("an operator sends it away"),
    /** The router, or its pool, takes nothing any more. */
    CLOSING("the router is closing");

    private final String text;

    DrainReason(String text) {
        this.text = text;
    }

    /** The rest of the sentence that begins with the instance draining. */
    @Override
    public String toString() {
        return text;
    }
}
