package io.rekindle.segment;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Segments.
 *
 * @param previewSample how many customers a preview shows
 */
@ConfigurationProperties("rekindle.segment")
public record SegmentSettings(@DefaultValue("10") int previewSample) {
    public SegmentSettings {
        if (previewSample < 0)
            throw new IllegalArgumentException(
                    "rekindle.segment.preview-sample is %d; it is at least 0".formatted(previewSample));
    }
}
