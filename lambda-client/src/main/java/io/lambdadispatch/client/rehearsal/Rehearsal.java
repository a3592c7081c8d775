package io.lambdadispatch.client.rehearsal;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * Takes a client through all that it does from its start to its end, so that its JVM, which the caller has told to write an
 * archive, knows what to archive. Exit code 0 when all went well. Arguments: the client's {@code bootstrap}.
 */
public final class Rehearsal {
    private static final int REQUESTS = 50;

    private Rehearsal() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        try (Stage stage = new Stage()) {
            stage.startClient(List.of(args), Map.of());
            stage.invokeInitOnly();
            stage.invoke(true, REQUESTS);
            stage.invoke(false, REQUESTS);
        }
        System.exit(0);
    }
}
