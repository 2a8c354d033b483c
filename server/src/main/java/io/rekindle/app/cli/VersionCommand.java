package io.rekindle.app.cli;

import io.rekindle.Rekindle;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;

/** {@code rekindle version}. */
@Command(name = "version", description = "Print the version.", mixinStandardHelpOptions = true)
final class VersionCommand implements Runnable {
    @Mixin
    private JsonOption json = new JsonOption();

    static final class Provider implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"rekindle " + version()};
        }
    }

    static String version() {
        var version = Rekindle.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    @Override
    public void run() {
        json.print(
                Map.of("version", version(), "java", Runtime.version().toString()),
                () -> System.out.printf("rekindle %s (Java %s)%n", version(), Runtime.version()));
    }
}
