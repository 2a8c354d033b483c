package io.rekindle.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.app.Main;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class JavaProcessTest {
    /** Usually one that cannot be used is passed over in silence, and costs half a minute of every run. */
    @Test
    void processesStartFromTheCache() throws Exception {
        var command = JavaProcess.command(Main.class, "-XX:AOTMode=on", "-Xlog:class+load:stdout");
        command.add("version");
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(told).isZero();
        assertThat(told).containsPattern("io\\.rekindle\\.app\\.server\\.RunningServer source: shared objects file");
    }
}
