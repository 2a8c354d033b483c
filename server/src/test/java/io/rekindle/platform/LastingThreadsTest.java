package io.rekindle.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LastingThreadsTest {
    @Test
    void aPartThatCannotGoOnEndsTheProcessWithALineThatNamesIt() throws Exception {
        var said = new CompletableFuture<String>();
        LastingThreads.start(
                "event-log",
                () -> {
                    throw new OutOfMemoryError("injected");
                },
                said::complete);
        assertThat(said.get(60, TimeUnit.SECONDS))
                .contains("event-log", "OutOfMemoryError: injected", "start the server");
    }

    @Test
    void workThatIsDoneEndsNothing() throws Exception {
        var said = new CompletableFuture<String>();
        var thread = LastingThreads.start("outbox", () -> {}, said::complete);
        thread.join();
        assertThat(said).isNotDone();
    }
}
