package io.lambdadispatch.router.assembly;

/**
 * The users' connections, for whoever owns their ports: what a leaving router does with them. All methods may be called from
 * any thread and return at once.
 */
public interface UserConnections {
    /** Connections that the container of a web application owns; it closes them by itself, after the router has left. */
    UserConnections NOT_OURS = new UserConnections() {
        @Override
        public void stopAccepting() {}

        @Override
        public void closeAfterAnswers() {}

        @Override
        public int closeIdle() {
            return 0;
        }

        @Override
        public int idle() {
            return 0;
        }

        @Override
        public int exchanges() {
            return 0;
        }
    };

    /** Nobody new is let in, and whoever came before is; those on HTTP/2 are told to send nothing new. */
    void stopAccepting();

    /** From now on each answer is the last one on its connection, whether it has said so or not. */
    void closeAfterAnswers();

    /**
     * Closes connections on which nothing is being asked or answered.
     *
     * @return how many there were; to be called until there are none, for something may have come that is not read yet
     */
    int closeIdle();

    /** Open connections without a request, which may therefore bring one at any moment. */
    int idle();

    /** Requests that came and whose answers were not sent to the last byte. */
    int exchanges();
}
