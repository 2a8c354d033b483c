package io.rekindle.simulator.fuzz;

import java.util.List;

/**
 * A request that is as it should be.
 *
 * @param headers as they are sent, without those of the connection
 */
@SuppressWarnings("ArrayRecordComponent") // sent, never compared
public record Recorded(String method, String path, List<String> headers, byte[] body) {
    public Recorded {
        headers = List.copyOf(headers);
    }
}
