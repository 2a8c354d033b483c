package io.rekindle.identity;

import io.rekindle.collect.Identifier;
import java.time.Duration;
import org.springframework.stereotype.Component;

/** The rules that hold. */
@Component
class IdentityRules {
    private final MatchingRules rules;

    IdentityRules(IdentitySettings settings) {
        rules = new MatchingRules() {
            @Override
            public int rank(Identifier.Type type) {
                return java.util.Arrays.asList(Identifier.Type.values()).indexOf(type);
            }

            @Override
            public int most(Identifier.Type type) {
                return settings.most(type);
            }

            @Override
            public Duration window() {
                return settings.window();
            }

            @Override
            public int mostClaims(Identifier.Type type) {
                return 10;
            }

            @Override
            public int largest() {
                return 500;
            }
        };
    }

    MatchingRules now() {
        return rules;
    }
}
