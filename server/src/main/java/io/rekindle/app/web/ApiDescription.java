package io.rekindle.app.web;

import io.rekindle.common.CustomerId;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.info.License;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * What the API's description says beyond what is read off the resources: who may call, and which fields are always
 * there. A record's component is required unless it is {@link Nullable}; then the field may be null.
 */
@Configuration(proxyBeanMethods = false)
class ApiDescription {
    static {
        SpringDocUtils.getConfig()
                .replaceWithSchema(
                        CustomerId.class, new StringSchema().description("a customer id: a decimal number as text"));
    }

    @Bean
    OpenAPI api() {
        return new OpenAPI()
                .info(new Info()
                        .title("Rekindle")
                        .version("v1")
                        .description("Failures are problem details (RFC 9457) with a stable code.")
                        .license(new License().name("Apache-2.0")))
                .components(new Components()
                        .addSecuritySchemes(
                                "key",
                                new SecurityScheme()
                                        .type(SecurityScheme.Type.HTTP)
                                        .scheme("bearer")))
                .addSecurityItem(new SecurityRequirement().addList("key"));
    }

    @Bean
    OpenApiCustomizer nullability() {
        return api -> {
            var schemas = api.getComponents().getSchemas();
            if (schemas != null) schemas.forEach(ApiDescription::describe);
        };
    }

    private static void describe(String name, Schema<?> schema) {
        var type = find(name);
        if (type.isEmpty() || !type.get().isRecord() || schema.getProperties() == null) return;
        var required = new ArrayList<String>();
        @SuppressWarnings("rawtypes")
        Map<String, Schema> properties = schema.getProperties();
        for (var component : type.get().getRecordComponents()) {
            var property = properties.get(component.getName());
            if (property == null) continue;
            if (isNullable(component)) allowNull(properties, component.getName(), property);
            else required.add(component.getName());
        }
        schema.setRequired(required.isEmpty() ? null : required);
    }

    @SuppressWarnings({"rawtypes", "unchecked"})
    private static void allowNull(Map<String, Schema> properties, String name, Schema property) {
        if (property.get$ref() != null) {
            var either = new Schema<>();
            either.setAnyOf(new ArrayList<>(java.util.List.of(property, nothing())));
            properties.put(name, either);
        } else if (property.getTypes() != null) {
            var types = new LinkedHashSet<String>(property.getTypes());
            types.add("null");
            property.setTypes(types);
        }
    }

    private static Schema<Object> nothing() {
        var nothing = new Schema<>();
        nothing.setTypes(new LinkedHashSet<>(java.util.List.of("null")));
        return nothing;
    }

    private static boolean isNullable(RecordComponent component) {
        return component.getAnnotatedType().isAnnotationPresent(Nullable.class)
                || Arrays.stream(
                                component.getAccessor().getAnnotatedReturnType().getAnnotations())
                        .anyMatch(a -> a.annotationType() == Nullable.class);
    }

    /** Schemas are named after their class; nested classes with a dot as in the source. */
    private static Optional<Class<?>> find(String name) {
        var candidate = name;
        while (true) {
            try {
                return Optional.of(Class.forName(candidate, false, ApiDescription.class.getClassLoader()));
            } catch (ClassNotFoundException e) {
                int dot = candidate.lastIndexOf('.');
                if (dot < 0) return Optional.empty();
                candidate = candidate.substring(0, dot) + "$" + candidate.substring(dot + 1);
            }
        }
    }
}
