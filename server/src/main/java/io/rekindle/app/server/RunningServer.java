package io.rekindle.app.server;

import io.rekindle.Rekindle;
import io.rekindle.access.LocalToken;
import io.rekindle.app.Startup;
import io.rekindle.platform.Carriers;
import io.rekindle.platform.PlatformSettings;
import io.rekindle.platform.Problem;
import io.rekindle.platform.Serving;
import java.net.BindException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/** A server in this process. */
public final class RunningServer implements AutoCloseable {
    private static final int MOST_PORTS_TRIED = 3;

    private final ConfigurableApplicationContext context;
    private final DataFolder.Taken taken;
    private final String url;

    private RunningServer(ConfigurableApplicationContext context, DataFolder.Taken taken, String url) {
        this.context = context;
        this.taken = taken;
        this.url = url;
    }

    /**
     * Starts a server on a folder and returns when it answers.
     *
     * @param port the port to listen on; 0 = any free one
     * @param settings settings that win over the file and the environment, by full name
     */
    public static RunningServer start(DataFolder folder, int port, Map<String, String> settings) {
        Carriers.provide();
        var taken = folder.take();
        try {
            for (int tries = 1; ; tries++) {
                try {
                    return start(folder, taken, HttpPort.choose(port), settings);
                } catch (RuntimeException e) {
                    // A free one that was chosen may be another program's when the server comes to listen.
                    if (port != 0 || tries == MOST_PORTS_TRIED || !isPortInUse(e)) throw e;
                }
            }
        } catch (RuntimeException e) {
            taken.close();
            throw asProblem(e);
        }
    }

    private static RunningServer start(
            DataFolder folder, DataFolder.Taken taken, int chosen, Map<String, String> settings) {
        var properties = new HashMap<String, Object>(settings);
        properties.put("rekindle.data", folder.path().toString());
        properties.put("server.port", Integer.toString(chosen));
        properties.putIfAbsent(
                "spring.config.additional-location",
                "optional:file:" + folder.path().resolve("rekindle.properties"));
        var application = new SpringApplication(Rekindle.class);
        application.setRegisterShutdownHook(false);
        application.setLogStartupInfo(false);
        application.addListeners(new SettingsCheck());
        // The weakest of all sources: whoever sets the address wins.
        application.setDefaultProperties(Map.of("rekindle.public-url", "http://127.0.0.1:" + chosen));
        var arguments = properties.entrySet().stream()
                .map(entry -> "--%s=%s".formatted(entry.getKey(), entry.getValue()))
                .toArray(String[]::new);
        var context = application.run(arguments);
        int actual = Objects.requireNonNull(((ServletWebServerApplicationContext) context).getWebServer())
                .getPort();
        var url =
                "http://%s:%d".formatted(context.getBean(PlatformSettings.class).localHost(), actual);
        var server = new RunningServer(context, taken, url);
        taken.announce(new DataFolder.Announcement(
                ProcessHandle.current().pid(),
                url,
                context.getBean(LocalToken.class).secret()));
        return server;
    }

    private static boolean isPortInUse(Throwable e) {
        return e instanceof PortInUseException || (e.getCause() != null && isPortInUse(e.getCause()));
    }

    private static RuntimeException asProblem(RuntimeException e) {
        for (@Nullable Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof Problem problem) return problem;
            if (cause instanceof PortInUseException taken) return HttpPort.taken(taken.getPort());
            if (cause instanceof BindException refused)
                return Problem.invalid(
                        "address_unusable",
                        "the server cannot listen where rekindle.address (REKINDLE_ADDRESS) says: %s; name an address of this machine"
                                .formatted(refused.getMessage()));
        }
        return e;
    }

    public String url() {
        return url;
    }

    public ApiClient client() {
        return new ApiClient(url, context.getBean(LocalToken.class).secret());
    }

    /** What the first start made and shows once. */
    public Startup firstSecrets() {
        return context.getBean(Startup.class);
    }

    public <T> T part(Class<T> type) {
        return context.getBean(type);
    }

    /** Waits until the server must not go on serving, and says why; it is still to be closed. */
    public Problem awaitEnd() {
        return context.getBean(Serving.class).awaitEnd();
    }

    @Override
    public void close() {
        try {
            context.close();
        } finally {
            taken.close();
        }
    }
}
