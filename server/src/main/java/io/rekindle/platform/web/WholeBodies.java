package io.rekindle.platform.web;

import io.rekindle.platform.Problem;
import io.rekindle.platform.Problem.Fault;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpInputMessage;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.RequestBodyAdviceAdapter;
import tools.jackson.databind.JsonNode;

/**
 * Looks at what was sent before a resource does: what the description calls required (a component that is not {@link
 * Nullable}) must be there, at any depth, and every text must be one that can be stored. So no resource asks twice.
 */
@RestControllerAdvice
class WholeBodies extends RequestBodyAdviceAdapter {
    @Override
    public boolean supports(
            MethodParameter parameter, Type type, Class<? extends HttpMessageConverter<?>> converterType) {
        return parameter.getContainingClass().getPackageName().startsWith("io.rekindle");
    }

    // The JSON null arrives here as null and is refused by who asked for the body.
    @SuppressWarnings("NullAway")
    @Override
    public Object afterBodyRead(
            @Nullable Object body,
            HttpInputMessage message,
            MethodParameter parameter,
            Type type,
            Class<? extends HttpMessageConverter<?>> converterType) {
        if (body == null) return body;
        var missing = new ArrayList<Fault>();
        var odd = new ArrayList<Fault>();
        look(body, "", missing, odd);
        if (missing.isEmpty() && odd.isEmpty()) return body;
        boolean whole = missing.isEmpty();
        missing.addAll(odd);
        var first = missing.getFirst();
        var detail = missing.size() == 1
                ? "%s: %s".formatted(first.place(), first.message())
                : "the body has %d faults; each is listed with its place".formatted(missing.size());
        throw whole
                ? new Problem(Problem.Kind.INVALID, "invalid_value", detail, missing)
                : new Problem(Problem.Kind.INVALID, "missing_field", detail, missing);
    }

    private static void look(Object value, String place, List<Fault> missing, List<Fault> odd) {
        switch (value) {
            case String text -> look(text, place, odd);
            case JsonNode json -> look(json, place, odd);
            case Record record -> {
                for (var component : record.getClass().getRecordComponents()) {
                    var at = place.isEmpty() ? component.getName() : place + "." + component.getName();
                    var part = part(record, component);
                    if (part != null) look(part, at, missing, odd);
                    else if (!isNullable(component)) missing.add(new Fault(at, "missing", "is missing"));
                }
            }
            case Collection<?> list -> {
                int index = 0;
                for (var part : list) {
                    var at = place + "[" + index++ + "]";
                    if (part == null) missing.add(new Fault(at, "missing", "is null; a value is wanted"));
                    else look(part, at, missing, odd);
                }
            }
            default -> {}
        }
    }

    private static void look(JsonNode json, String place, List<Fault> odd) {
        if (json.isString()) look(json.stringValue(), place, odd);
        for (int i = 0; json.isArray() && i < json.size(); i++) look(json.get(i), place + "[" + i + "]", odd);
        json.properties().forEach(field -> {
            look(field.getKey(), place, odd);
            look(field.getValue(), place + "." + field.getKey(), odd);
        });
    }

    private static void look(String text, String place, List<Fault> odd) {
        UnstorableText.in(place, text).ifPresent(odd::add);
    }

    private static @Nullable Object part(Record record, RecordComponent component) {
        try {
            var accessor = component.getAccessor();
            accessor.setAccessible(true);
            return accessor.invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the field %s cannot be read".formatted(component.getName()), e);
        }
    }

    private static boolean isNullable(RecordComponent component) {
        return component.getAnnotatedType().isAnnotationPresent(Nullable.class)
                || Arrays.stream(
                                component.getAccessor().getAnnotatedReturnType().getAnnotations())
                        .anyMatch(annotation -> annotation.annotationType() == Nullable.class);
    }
}
