package io.rekindle.app.web;

import com.fasterxml.jackson.annotation.JsonFormat;
import io.rekindle.common.CustomerId;
import io.rekindle.common.Page;
import io.rekindle.platform.Problem;
import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverters;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.info.License;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.JsonNode;

/**
 * What the API's description says beyond what is read off the resources: who may call, how it fails, and which fields
 * are always there. A component of a record that is not {@link Nullable} is always there and never null. One that is
 * may be null; in an answer it still stands there, in what is sent it may be left out.
 */
@Configuration(proxyBeanMethods = false)
class ApiDescription {
    private static final String REFERENCE = "#/components/schemas/";
    private static final String PROBLEM = "Problem";

    static {
        SpringDocUtils.getConfig()
                .replaceWithSchema(CustomerId.class, text("a customer id: a decimal number as text"))
                .replaceWithSchema(JsonNode.class, anything());
    }

    /**
     * RFC 9457; the code is stable, {@code parameters} has the values the detail names, and what is wrong in several
     * places is told for each of them with a code and parameters of its own.
     *
     * @param errors at most 100
     * @param moreErrors how many more there are
     */
    record ProblemDetails(
            @Nullable String type,
            String title,
            int status,
            @Nullable String detail,
            @Nullable String instance,
            String code,
            @Nullable Map<String, String> parameters,
            @Nullable List<Problem.Fault> errors,
            @Nullable Integer moreErrors) {}

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
    OpenApiCustomizer whatTravels() {
        return api -> {
            var schemas = api.getComponents().getSchemas();
            if (schemas == null || api.getPaths() == null) return;
            var operations = api.getPaths().values().stream()
                    .flatMap(path -> path.readOperations().stream())
                    .toList();
            var sent = sentSchemas(operations, schemas);
            schemas.forEach((name, schema) -> describe(name, schema, sent.contains(name)));
            addProblem(schemas);
            api.getPaths()
                    .forEach((path, item) ->
                            item.readOperationsMap().forEach((method, operation) -> describe(path, method, operation)));
            PublicDoors.describe(api);
        };
    }

    private static void describe(String path, PathItem.HttpMethod method, Operation operation) {
        if (operation.getParameters() != null)
            for (var parameter : operation.getParameters())
                if (parameter.getName().equals("limit"))
                    parameter.getSchema().minimum(BigDecimal.ONE).maximum(BigDecimal.valueOf(Page.LARGEST));
                else if (parameter.getName().equals("cursor"))
                    parameter.setSchema(text("the nextCursor of the page before; left out for the first page"));
        var answers = operation.getResponses();
        boolean changes = method != PathItem.HttpMethod.GET;
        boolean signsIn = path.equals("/api/session");
        answers.putIfAbsent("400", failure("a parameter, a field or the body cannot be used: errors has the places"));
        answers.putIfAbsent(
                "401", failure(signsIn ? "nobody is signed in" : "no key and no session, or an unknown one"));
        if (!signsIn || method == PathItem.HttpMethod.DELETE)
            answers.putIfAbsent("403", failure("the role does not allow it, or the X-CSRF-Token is missing"));
        if (path.contains("{")) answers.putIfAbsent("404", failure("there is no such thing"));
        if (changes && !signsIn) answers.putIfAbsent("409", failure("what is there stands against it"));
        if (operation.getRequestBody() != null && !signsIn)
            answers.putIfAbsent("422", failure("well-formed, and not valid: errors has every fault with its place"));
        if (changes && signsIn && operation.getRequestBody() != null)
            answers.putIfAbsent("429", failure("too many wrong passwords; wait five minutes"));
        if (operation.getRequestBody() != null) answers.putIfAbsent("413", failure("the body is too large"));
        answers.addApiResponse(ApiResponses.DEFAULT, failure("what went wrong"));
    }

    static ApiResponse failure(String description) {
        return new ApiResponse()
                .description(description)
                .content(new Content()
                        .addMediaType(
                                "application/problem+json",
                                new MediaType().schema(new Schema<>().$ref(REFERENCE + PROBLEM))));
    }

    private static void addProblem(@SuppressWarnings("rawtypes") Map<String, Schema> schemas) {
        var read = ModelConverters.getInstance(true)
                .resolveAsResolvedSchema(new AnnotatedType(ProblemDetails.class).resolveAsRef(false));
        var problem = read.schema;
        describe(ProblemDetails.class, problem, true);
        schemas.put(PROBLEM, problem);
        read.referencedSchemas.forEach((name, schema) -> {
            if (schemas.containsKey(name) || name.equals(ProblemDetails.class.getCanonicalName())) return;
            describe(name, schema, false);
            schemas.put(name, schema);
        });
    }

    private static void describe(String name, Schema<?> schema, boolean sent) {
        find(name).ifPresent(type -> describe(type, schema, sent));
    }

    private static void describe(Class<?> type, Schema<?> schema, boolean sent) {
        if (!type.isRecord() || schema.getProperties() == null) return;
        var required = new ArrayList<String>();
        @SuppressWarnings("rawtypes")
        Map<String, Schema> properties = schema.getProperties();
        for (var component : type.getRecordComponents()) {
            var property = properties.get(component.getName());
            if (property == null) continue;
            if (travelsAsText(component)) property = text(property.getDescription());
            if (component.getType() == JsonNode.class) property = anything();
            if (isMapOfAnything(component)) property.setAdditionalProperties(anything());
            boolean nullable = isNullable(component);
            properties.put(component.getName(), nullable ? orNull(property) : property);
            if (!nullable || !sent) required.add(component.getName());
        }
        schema.setRequired(required.isEmpty() ? null : required);
    }

    private static boolean isMapOfAnything(RecordComponent component) {
        return component.getGenericType() instanceof ParameterizedType type
                && type.getRawType() == Map.class
                && type.getActualTypeArguments()[1] == JsonNode.class;
    }

    @SuppressWarnings({"rawtypes", "unchecked"})
    private static Schema orNull(Schema property) {
        if (property.get$ref() != null) {
            var either = new Schema<>();
            either.setAnyOf(new ArrayList<>(List.of(property, nothing())));
            return either;
        }
        if (property.getTypes() == null) return property;
        var types = new LinkedHashSet<String>(property.getTypes());
        types.add("null");
        property.setTypes(types);
        if (property.getEnum() != null && !property.getEnum().contains(null)) {
            var values = new ArrayList<Object>(property.getEnum());
            values.add(null);
            property.setEnum(values);
        }
        return property;
    }

    private static Schema<Object> nothing() {
        var nothing = new Schema<>();
        nothing.setTypes(new LinkedHashSet<>(List.of("null")));
        return nothing;
    }

    private static Schema<Object> anything() {
        var anything = new Schema<>();
        anything.setDescription("any JSON value");
        return anything;
    }

    private static Schema<Object> text(@Nullable String description) {
        var text = new Schema<>();
        text.setTypes(new LinkedHashSet<>(List.of("string")));
        text.setDescription(description);
        return text;
    }

    private static boolean travelsAsText(RecordComponent component) {
        var format = component.getAccessor().getAnnotation(JsonFormat.class);
        return format != null && format.shape() == JsonFormat.Shape.STRING;
    }

    private static boolean isNullable(RecordComponent component) {
        return component.getAnnotatedType().isAnnotationPresent(Nullable.class)
                || Arrays.stream(
                                component.getAccessor().getAnnotatedReturnType().getAnnotations())
                        .anyMatch(a -> a.annotationType() == Nullable.class);
    }

    /** The schemas of what callers send, those inside others included. */
    private static Set<String> sentSchemas(
            List<Operation> operations, @SuppressWarnings("rawtypes") Map<String, Schema> schemas) {
        var sent = new LinkedHashSet<String>();
        for (var operation : operations) {
            var body = operation.getRequestBody();
            if (body != null && body.getContent() != null)
                body.getContent().values().forEach(content -> collect(content.getSchema(), schemas, sent));
        }
        return sent;
    }

    @SuppressWarnings("rawtypes")
    private static void collect(@Nullable Schema<?> schema, Map<String, Schema> schemas, Set<String> into) {
        if (schema == null) return;
        var reference = schema.get$ref();
        if (reference != null) {
            var name = reference.substring(REFERENCE.length());
            if (into.add(name)) collect(schemas.get(name), schemas, into);
            return;
        }
        collect(schema.getItems(), schemas, into);
        if (schema.getAdditionalProperties() instanceof Schema<?> values) collect(values, schemas, into);
        if (schema.getProperties() != null)
            schema.getProperties().values().forEach(property -> collect(property, schemas, into));
        if (schema.getAnyOf() != null) schema.getAnyOf().forEach(one -> collect(one, schemas, into));
    }

    /** Schemas are named after their class; nested classes with a dot as in the source. */
    private static Optional<Class<?>> find(String name) {
        if (name.startsWith(Page.class.getName())) return Optional.of(Page.class);
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
