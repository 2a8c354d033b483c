package io.rekindle.platform.web;

import io.rekindle.common.Decimals;
import java.math.BigDecimal;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.core.JsonParser;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.deser.jdk.NumberDeserializers;
import tools.jackson.databind.deser.std.StdScalarDeserializer;
import tools.jackson.databind.module.SimpleModule;

/** Refuses decimal numbers that would keep a processor busy for hours once somebody rounds them. */
@Configuration(proxyBeanMethods = false)
class BoundedNumbers {
    @Bean
    JacksonModule boundedNumbersModule() {
        return new SimpleModule("bounded numbers").addDeserializer(BigDecimal.class, new Bounded());
    }

    private static final class Bounded extends StdScalarDeserializer<BigDecimal> {
        Bounded() {
            super(BigDecimal.class);
        }

        @Override
        public BigDecimal deserialize(JsonParser in, DeserializationContext context) {
            var token = in.currentToken();
            var number = NumberDeserializers.BigDecimalDeserializer.instance.deserialize(in, context);
            var bounded = Decimals.bounded(number);
            if (bounded == null) throw new InputCoercionException(in, "out of range", token, BigDecimal.class);
            return bounded;
        }
    }
}
