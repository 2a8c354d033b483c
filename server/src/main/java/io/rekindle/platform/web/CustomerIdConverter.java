package io.rekindle.platform.web;

import io.rekindle.common.CustomerId;
import org.springframework.core.convert.converter.Converter;
import org.springframework.stereotype.Component;

/** Reads customer ids in paths and queries. */
@Component
class CustomerIdConverter implements Converter<String, CustomerId> {
    @Override
    public CustomerId convert(String text) {
        return CustomerId.parse(text);
    }
}
