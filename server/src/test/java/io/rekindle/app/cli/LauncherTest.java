package io.rekindle.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.testing.TestFolders;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** The launcher on a machine that lacks something: a copy where nothing is built, and a PATH of what a test puts there. */
class LauncherTest {
    private static final Path ROOT = Path.of(System.getProperty("rekindle.root"));
    private static final List<String> TOOLS = List.of(
            "bash",
            "env",
            "readlink",
            "dirname",
            "sed",
            "head",
            "sort",
            "find",
            "mkdir",
            "sleep",
            "grep",
            "tail",
            "touch");

    private static final String GET_A_JDK = "Install one (for example Temurin 25) or point JAVA_HOME at it.";

    private Path home = Path.of("");
    private Path bin = Path.of("");
    private Path jdks = Path.of("");

    @BeforeEach
    void aMachineWithNothingOnIt() throws IOException {
        home = TestFolders.newFolder("launcher");
        bin = Files.createDirectories(home.resolve("bin"));
        jdks = Files.createDirectories(home.resolve("jdks"));
        Files.copy(ROOT.resolve("rekindle"), home.resolve("rekindle"));
        for (var tool : TOOLS) Files.createSymbolicLink(bin.resolve(tool), find(tool));
    }

    @Test
    void withoutAJdkItSaysSo() throws Exception {
        assertThat(run(null)).isEqualTo(oneLine("a JDK 25 is needed; found no JDK. " + GET_A_JDK));
    }

    @Test
    void aJdkThatIsTooOldIsNamed() throws Exception {
        var java = Files.createDirectories(jdks.resolve("old").resolve("bin"));
        script(java.resolve("javac"), "exit 0");
        script(java.resolve("java"), "echo '    java.specification.version = 21' >&2");
        assertThat(run(null)).isEqualTo(oneLine("a JDK 25 is needed; found only JDK 21. " + GET_A_JDK));
    }

    @Test
    void withoutMavenItSaysSo() throws Exception {
        assertThat(run(jdk()))
                .isEqualTo(
                        oneLine(
                                "Maven 3.8 or newer is needed to build; found none. Install Maven (Debian: apt-get install maven)."));
    }

    @Test
    void aMavenThatIsTooOldIsNamed() throws Exception {
        maven("3.6.3");
        assertThat(run(jdk())).isEqualTo(oneLine("Maven 3.8 or newer is needed to build; found 3.6."));
    }

    @Test
    void withoutNodeItSaysSo() throws Exception {
        maven("3.9.9");
        assertThat(run(jdk()))
                .isEqualTo(oneLine("Node 20.19 or newer with npm is needed to build the console; found none."));
    }

    @ParameterizedTest
    @ValueSource(strings = {"v18.20.4", "v20.0.0", "v20.18.3"})
    void aNodeThatIsTooOldIsNamed(String version) throws Exception {
        maven("3.9.9");
        node(version);
        assertThat(run(jdk()))
                .isEqualTo(oneLine("Node 20.19 or newer is needed to build the console; found %s."
                        .formatted(version.substring(1))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"v20.19.0", "v22.12.0", "v100.0.0"})
    void withAllOfThemItBuildsAndAFailedBuildIsToldInTheBuildsWords(String version) throws Exception {
        maven("3.8.7");
        node(version);
        var told = run(jdk());
        assertThat(told.code()).isEqualTo(1);
        assertThat(told.err())
                .contains("rekindle: building", "[ERROR] as the test wants", "rekindle: the build failed")
                .endsWith("target/build.log\n");
    }

    /** The launcher asks for the Node that the console asks for. */
    @Test
    void theNodeItAsksForIsTheConsoles() throws IOException {
        var wanted = JsonMapper.builder()
                .build()
                .readTree(Files.readString(ROOT.resolve("console").resolve("package.json")))
                .at("/engines/node")
                .asString();
        assertThat(wanted).startsWith(">=");
        assertThat(Files.readString(ROOT.resolve("rekindle")))
                .contains("at_least \"$version\" %s ||".formatted(wanted.substring(2)));
        assertThat(Files.readString(ROOT.resolve("README.md")))
                .contains("Node %s or newer".formatted(wanted.substring(2)));
    }

    private record Told(int code, String out, String err) {}

    private static Told oneLine(String line) {
        return new Told(1, "", "rekindle: " + line + "\n");
    }

    private Told run(@Nullable Path javaHome) throws IOException, InterruptedException {
        var builder = new ProcessBuilder(
                bin.resolve("bash").toString(), home.resolve("rekindle").toString(), "version");
        var environment = builder.environment();
        environment.clear();
        environment.put("PATH", bin.toString());
        environment.put("REKINDLE_JDKS", jdks.toString());
        if (javaHome != null) environment.put("JAVA_HOME", javaHome.toString());
        var out = home.resolve("out");
        var err = home.resolve("err");
        var process =
                builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        process.getOutputStream().close();
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return new Told(
                process.exitValue(),
                Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8));
    }

    private static Path jdk() {
        return Path.of(System.getProperty("java.home"));
    }

    private void maven(String version) throws IOException {
        script(bin.resolve("mvn"), """
                if [ "$1" = -v ]; then echo 'Apache Maven %s (a test)'; exit 0; fi
                echo '[ERROR] as the test wants'; exit 1""".formatted(version));
    }

    private void node(String version) throws IOException {
        script(bin.resolve("node"), "echo " + version);
        script(bin.resolve("npm"), "exit 0");
    }

    private static void script(Path file, String text) throws IOException {
        Files.writeString(file, "#!/usr/bin/env bash\n" + text + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    private static Path find(String tool) {
        for (var folder : List.of("/usr/bin", "/bin", "/usr/local/bin")) {
            var file = Path.of(folder, tool);
            if (Files.isExecutable(file)) return file;
        }
        throw new IllegalStateException("this machine has no " + tool);
    }
}
