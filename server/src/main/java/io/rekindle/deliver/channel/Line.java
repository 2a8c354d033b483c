package io.rekindle.deliver.channel;

/**
 * One connection to a provider, used by one thread.
 *
 * @param <T> a message as the provider wants it
 */
public interface Line<T> extends AutoCloseable {
    /** Whether it can still be used, as far as this side knows. */
    boolean isUsable();

    /** Hands over one message, and never throws: every end is one of {@link Handover}. */
    Handover send(T message);

    @Override
    void close();
}
