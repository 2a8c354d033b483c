package io.rekindle.bench.intake;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.AbstractProtocol;
import org.apache.tomcat.util.threads.VirtualThreadExecutor;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The least an intake can do: a bare Tomcat on virtual threads checks that a body is JSON whose items have a type and a
 * message id, appends the bytes to one file, and answers when they are forced to the disk; calls that wait together
 * share one force. No de-duplication, no identity, no columns, nothing that reads it.
 */
final class BareIntake implements AutoCloseable {
    private static final byte[] DONE = "{\"success\":true}".getBytes(StandardCharsets.UTF_8);
    private static final JsonFactory JSON = new JsonFactory();

    private final Tomcat tomcat = new Tomcat();
    private final FileChannel file;
    private final LinkedBlockingQueue<Waiting> queue = new LinkedBlockingQueue<>();
    private final Thread writer = new Thread(this::write, "bare-log");

    @SuppressWarnings("ArrayRecordComponent") // held for a moment, never compared
    private record Waiting(byte[] body, CompletableFuture<Boolean> onDisk) {}

    BareIntake(Path folder) throws IOException, LifecycleException {
        file = FileChannel.open(folder.resolve("bare.log"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        writer.start();
        tomcat.setBaseDir(folder.resolve("tomcat").toString());
        tomcat.setPort(0);
        var connector = tomcat.getConnector();
        connector.setProperty("address", "127.0.0.1");
        if (connector.getProtocolHandler() instanceof AbstractProtocol<?> protocol)
            protocol.setExecutor(new VirtualThreadExecutor("bare-"));
        var context = tomcat.addContext("", folder.toString());
        Tomcat.addServlet(context, "intake", new Intake());
        context.addServletMappingDecoded("/v1/*", "intake");
        tomcat.start();
    }

    int port() {
        return tomcat.getConnector().getLocalPort();
    }

    private final class Intake extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
            var body = request.getInputStream().readAllBytes();
            if (!isValid(body)) {
                response.setStatus(400);
                return;
            }
            var waiting = new Waiting(body, new CompletableFuture<>());
            queue.add(waiting);
            waiting.onDisk().join();
            response.setContentType("application/json");
            response.getOutputStream().write(DONE);
        }
    }

    private static boolean isValid(byte[] body) {
        try (var in = JSON.createParser(ObjectReadContext.empty(), body)) {
            int depth = 0;
            int types = 0;
            int ids = 0;
            for (var token = in.nextToken(); token != null; token = in.nextToken()) {
                if (token == JsonToken.START_OBJECT) depth++;
                else if (token == JsonToken.END_OBJECT) depth--;
                else if (token == JsonToken.PROPERTY_NAME && depth == 2) {
                    var name = in.currentName();
                    if (name.equals("type")) types++;
                    else if (name.equals("messageId")) ids++;
                }
            }
            return types > 0 && types == ids;
        } catch (JacksonException malformed) {
            return false;
        }
    }

    private void write() {
        var group = new ArrayList<Waiting>();
        try {
            while (true) {
                group.clear();
                group.add(queue.take());
                queue.drainTo(group);
                var bytes = group.stream().map(w -> ByteBuffer.wrap(w.body())).toArray(ByteBuffer[]::new);
                for (int next = 0; next < bytes.length; ) {
                    file.write(bytes, next, bytes.length - next);
                    while (next < bytes.length && !bytes[next].hasRemaining()) next++;
                }
                file.force(false);
                group.forEach(w -> w.onDisk().complete(true));
            }
        } catch (InterruptedException stopped) {
            // Nobody waits any more.
        } catch (IOException e) {
            group.forEach(w -> w.onDisk().completeExceptionally(e));
        }
    }

    @Override
    public void close() throws LifecycleException, IOException {
        tomcat.stop();
        tomcat.destroy();
        writer.interrupt();
        try {
            writer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        file.close();
    }
}
