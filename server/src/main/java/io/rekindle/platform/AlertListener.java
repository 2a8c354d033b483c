package io.rekindle.platform;

import java.time.Instant;
import java.util.Map;

/** Told of what somebody should look at, in the transaction that writes it down: an alert that is rolled back is told to nobody. */
public interface AlertListener {
    void told(Alert alert);

    /**
     * An alert that began or ended.
     *
     * @param type what happened, in words with points between them: {@code quality.alert.opened}
     * @param number no two alerts' beginnings and ends have the same
     * @param data what it is about, without anything personal
     */
    record Alert(String type, long number, Instant at, Map<String, Object> data) {
        public Alert {
            data = Map.copyOf(data);
        }
    }
}
