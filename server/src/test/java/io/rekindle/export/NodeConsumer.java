package io.rekindle.export;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Somebody's program on Node that verifies webhooks with npm's {@code standardwebhooks}. */
final class NodeConsumer implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 30;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Process process;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final int port;

    NodeConsumer() throws IOException, InterruptedException {
        process = new ProcessBuilder("node", "webhook-consumer.mjs")
                .directory(NodePrograms.installed().toFile())
                .redirectErrorStream(true)
                .start();
        Thread.ofVirtual().start(() -> read(process.inputReader(StandardCharsets.UTF_8)));
        port = Integer.parseInt(line());
    }

    private void read(BufferedReader reader) {
        reader.lines().forEach(lines::add);
    }

    private String line() throws InterruptedException {
        var line = lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (line == null) throw new AssertionError("the consumer says nothing");
        return line;
    }

    String url() {
        return "http://127.0.0.1:%d/rekindle".formatted(port);
    }

    void expect(String secret) throws IOException {
        var in = process.outputWriter(StandardCharsets.UTF_8);
        in.write(secret + "\n");
        in.flush();
    }

    /** The next call: {@code id}, {@code timestamp}, {@code signature}, {@code body}, and {@code verified} or {@code refused}. */
    JsonNode next() throws InterruptedException {
        return JSON.readTree(line());
    }

    @Override
    public void close() {
        process.destroy();
    }
}
