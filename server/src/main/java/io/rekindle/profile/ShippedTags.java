package io.rekindle.profile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.context.event.ApplicationStartedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.io.ClassPathResource;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** The tags the product brings: made at the first start, from then on like any other. */
@Component
class ShippedTags {
    private final Tags tags;
    private final JsonMapper json;

    ShippedTags(Tags tags, JsonMapper json) {
        this.tags = tags;
        this.json = json;
    }

    @EventListener(ApplicationStartedEvent.class)
    void ship() {
        tags.ship(read(json));
    }

    /** By key, in the order of the file. */
    static Map<String, TagForm> read(JsonMapper json) {
        var forms = new LinkedHashMap<String, TagForm>();
        try (var in = new ClassPathResource("profile/tags.json").getInputStream()) {
            json.readTree(in).forEachEntry((key, form) -> forms.put(key, json.treeToValue(form, TagForm.class)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return forms;
    }
}
