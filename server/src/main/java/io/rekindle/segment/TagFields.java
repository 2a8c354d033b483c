package io.rekindle.segment;

import io.rekindle.profile.TagType;
import io.rekindle.profile.Tags;
import java.util.List;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/** The approved tags of the catalogue, for rules to ask. */
@Component
@Order(3)
class TagFields implements FieldSource {
    private final Tags tags;

    TagFields(Tags tags) {
        this.tags = tags;
    }

    @Override
    public List<Field> fields() {
        return tags.live().stream()
                .map(tag -> new Field(
                        "tag." + tag.key(),
                        type(tag.type()),
                        new Words(tag.name().en(), tag.name().zh()),
                        tag.type() == TagType.TEXT
                                ? tag.values().stream()
                                        .map(value -> new Field.Value(value, new Words(value, value)))
                                        .toList()
                                : List.of()))
                .toList();
    }

    private static Field.Type type(TagType type) {
        return switch (type) {
            case TEXT -> Field.Type.TEXT;
            case NUMBER -> Field.Type.NUMBER;
            case BOOLEAN -> Field.Type.BOOLEAN;
            case DAY -> Field.Type.DAY;
        };
    }
}
