package io.rekindle.collect;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** How far each reader of the log has come. */
public interface Tails {

    /**
     * One tail's place.
     *
     * @param lag events accepted and not yet taken up
     * @param failure why its last attempt failed; null while it goes well
     */
    record Lag(String name, long lag, @Nullable String failure) {}

    /**
     * Every tail, by name; behind them the log's writer and other standing work (the outbox, relays, jobs) as long as its
     * last attempt failed, with what is due of it.
     */
    List<Lag> lags();

    /** Events the slowest tail lies behind. */
    long worstLag();

    /**
     * Returns once every tail has taken up the log to {@code seq}; a {@link io.rekindle.platform.Problem} names the tail
     * that did not within ten minutes.
     */
    void awaitAll(long seq);
}
