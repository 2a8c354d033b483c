package io.rekindle.deliver.outbox;

import org.springframework.beans.factory.BeanFactory;

/** Lets a test know what the running outbox has read. */
public final class InHand {
    private InHand() {}

    public static boolean has(BeanFactory server, long message) {
        return server.getBean(Dispatch.class).isInHand(message);
    }
}
