package io.rekindle.collect.intake;

import io.rekindle.collect.IntakeSettings;
import io.rekindle.collect.Sources.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/** Which fields of a source are personal: the list all share, the settings', and its own. */
@Component
class SourceFields {
    private final IntakeSettings settings;
    private final Map<List<String>, PersonalFields> known = new ConcurrentHashMap<>();

    SourceFields(IntakeSettings settings) {
        this.settings = settings;
    }

    PersonalFields of(Source source) {
        return known.computeIfAbsent(source.personalFields(), own -> {
            var all = new ArrayList<>(settings.morePersonalFields());
            all.addAll(own);
            return new PersonalFields(all);
        });
    }
}
