package io.rekindle.app.cli;

import io.rekindle.app.demo.Stage;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** Steps with progress bars on a terminal, as plain lines elsewhere; always on standard error. */
final class ProgressStage implements Stage {
    private final boolean terminal = isTerminal();
    private String what = "";
    private @Nullable ProgressBar bar;

    @Override
    public void begin(String what, long of) {
        this.what = what;
        if (terminal && of > 0)
            bar = new ProgressBarBuilder()
                    .setTaskName(what)
                    .setInitialMax(of)
                    .setStyle(ProgressBarStyle.ASCII)
                    .setUpdateIntervalMillis(200)
                    .clearDisplayOnFinish()
                    .build();
        else System.err.println("• " + what + " …");
    }

    @Override
    public void at(long done) {
        if (bar != null) bar.stepTo(done);
    }

    @Override
    public void end(String result) {
        if (bar != null) {
            bar.close();
            bar = null;
            System.err.println("• " + what);
        }
        System.err.println("    " + result);
    }

    /** Never null on this Java, but its own annotations still say it may be. */
    @SuppressWarnings("SystemConsoleNull")
    private static boolean isTerminal() {
        var console = System.console();
        return console != null && console.isTerminal();
    }
}
