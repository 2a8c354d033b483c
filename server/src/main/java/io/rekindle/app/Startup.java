package io.rekindle.app;

import io.rekindle.access.FirstSignIn;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.stereotype.Component;

/** What is made at the first start, and shown once by the command that started the server. */
@Component
public class Startup implements ApplicationRunner {
    private final FirstSignIn firstSignIn;
    private FirstSignIn.Made made = FirstSignIn.Made.NOTHING;

    Startup(FirstSignIn firstSignIn) {
        this.firstSignIn = firstSignIn;
    }

    @Override
    public void run(ApplicationArguments arguments) {
        made = firstSignIn.ensure();
    }

    /** The secrets this start made. */
    public FirstSignIn.Made made() {
        return made;
    }
}
