package io.rekindle.collect;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What lets in again who was erased.
 *
 * @param signUpEvents names of track events by which a person signs up: one of a time after the erasure readmits who it is
 *     of; none: only a hand does
 */
@ConfigurationProperties("rekindle.erasure")
public record ErasedSettings(@DefaultValue("Signed Up") List<String> signUpEvents) {
    public ErasedSettings {
        signUpEvents = List.copyOf(signUpEvents);
    }
}
