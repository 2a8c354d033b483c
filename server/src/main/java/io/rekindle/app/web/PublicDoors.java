package io.rekindle.app.web;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.headers.Header;
import io.swagger.v3.oas.models.media.ArraySchema;
import io.swagger.v3.oas.models.media.BooleanSchema;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.parameters.RequestBody;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import java.util.List;

/** The doors that are open without signing in, as the API's description tells them: intake, and the links of mails. */
final class PublicDoors {
    private static final String KEY_AS_USER = "writeKeyAsUser";
    private static final String KEY_AS_HEADER = "writeKey";
    private static final String ITEM = "IntakeItem";
    private static final String ANSWER = "IntakeAnswer";

    private PublicDoors() {}

    static void describe(OpenAPI api) {
        addSecurity(api.getComponents());
        addSchemas(api.getComponents());
        var paths = api.getPaths();
        paths.addPathItem(
                "/v1/batch",
                intake(
                        "batch",
                        "Several items of any kind, at most 500 kB; each is taken, known already, or set aside with its reason.",
                        batch()));
        for (var call : List.of("identify", "track", "page", "screen", "group", "alias"))
            paths.addPathItem(
                    "/v1/" + call,
                    intake(call, "One %s call, as a client of Segment's HTTP API sends it.".formatted(call), item()));
        paths.addPathItem("/t/o/{token}.gif", links(new PathItem().get(pixel())));
        paths.addPathItem("/t/c/{token}", links(new PathItem().get(click())));
        paths.addPathItem(
                "/u/{token}",
                links(new PathItem()
                        .get(page("askToUnsubscribe", "A page that asks; it changes nothing."))
                        .post(page("unsubscribe", "Unsubscribes at once (RFC 8058, one click)."))));
        paths.addPathItem(
                "/p/{token}",
                links(new PathItem()
                        .get(page("showPreferences", "The customer's preference page; it changes nothing."))
                        .post(page("choosePreferences", "Saves what the customer chose on it."))));
        paths.addPathItem(
                "/c/{token}",
                links(new PathItem()
                        .get(page("askToConfirm", "A page that asks; it changes nothing."))
                        .post(page("confirm", "Confirms an agreement (double opt-in)."))));
    }

    private static void addSecurity(Components components) {
        components
                .addSecuritySchemes(
                        KEY_AS_USER,
                        new SecurityScheme()
                                .type(SecurityScheme.Type.HTTP)
                                .scheme("basic")
                                .description("a source's write key as the user name, no password"))
                .addSecuritySchemes(
                        KEY_AS_HEADER,
                        new SecurityScheme()
                                .type(SecurityScheme.Type.APIKEY)
                                .in(SecurityScheme.In.HEADER)
                                .name("X-Write-Key")
                                .description("a source's write key"));
    }

    private static void addSchemas(Components components) {
        components.addSchemas(
                ITEM,
                new ObjectSchema()
                        .description(
                                "Who (userId, anonymousId or previousId) did or is what; further fields are ignored.")
                        .addProperty("type", text("in a batch: identify, track, page, screen, group or alias"))
                        .addProperty("messageId", text("unique; a repeated one is taken once"))
                        .addProperty("userId", text("the shop's own id of the customer"))
                        .addProperty("anonymousId", text("of a device or browser"))
                        .addProperty("previousId", text("alias: the id the customer had before"))
                        .addProperty("groupId", text("group: the id of the group"))
                        .addProperty("event", text("track: what was done, e.g. Order Completed"))
                        .addProperty("name", text("page and screen: which"))
                        .addProperty("timestamp", text("when, ISO 8601; absent: on arrival"))
                        .addProperty("properties", new ObjectSchema().description("of the event"))
                        .addProperty("traits", new ObjectSchema().description("of the customer or the group"))
                        .addProperty("context", new ObjectSchema().description("of the call")));
        components.addSchemas(
                ANSWER,
                new ObjectSchema()
                        .addProperty("success", new BooleanSchema())
                        .addProperty(
                                "items",
                                new ArraySchema()
                                        .items(new ObjectSchema()
                                                .addProperty("index", new IntegerSchema())
                                                .addProperty("messageId", text("as sent"))
                                                .addProperty("fate", text("accepted, duplicate or rejected"))
                                                .addProperty("reason", text("why it was rejected, a stable code"))
                                                .addProperty("message", text("the same in words")))
                                        .description("only with strict=true or Prefer: return=representation")));
    }

    private static PathItem intake(String name, String summary, Schema<?> body) {
        var answers = new ApiResponses()
                .addApiResponse("200", answer("it is on disk", "application/json", reference(ANSWER)))
                .addApiResponse("400", ApiDescription.failure("the body is not well-formed, at the place named"))
                .addApiResponse("401", ApiDescription.failure("there is no write key, or it is unknown"))
                .addApiResponse("413", ApiDescription.failure("the body or an item is too large"))
                .addApiResponse(
                        "429",
                        ApiDescription.failure("more has come in than was worked through: send it again later")
                                .addHeaderObject("Retry-After", new Header().schema(new IntegerSchema())))
                .addApiResponse("503", ApiDescription.failure("it could not be written: send it again later"));
        return new PathItem()
                .post(new Operation()
                        .operationId("intake-" + name)
                        .summary(summary)
                        .addTagsItem("intake")
                        .security(List.of(
                                new SecurityRequirement().addList(KEY_AS_USER),
                                new SecurityRequirement().addList(KEY_AS_HEADER)))
                        .addParametersItem(new Parameter()
                                .in("query")
                                .name("strict")
                                .description("true: the answer tells the fate of each item")
                                .schema(new BooleanSchema()))
                        .requestBody(new RequestBody()
                                .required(true)
                                .description("JSON, plain or gzip; the write key may stand in it as writeKey")
                                .content(new Content().addMediaType("application/json", new MediaType().schema(body))))
                        .responses(answers));
    }

    private static Schema<?> batch() {
        var batch = new ObjectSchema();
        batch.addProperty("batch", new ArraySchema().items(item()));
        batch.addProperty("context", new ObjectSchema().description("for items without one of their own"));
        batch.addProperty("sentAt", text("the sender's clock, to correct timestamps by"));
        batch.addProperty("writeKey", text("when no header carries it"));
        batch.setRequired(List.of("batch"));
        return batch;
    }

    private static Schema<?> item() {
        return reference(ITEM);
    }

    private static PathItem links(PathItem item) {
        return item.addParametersItem(new Parameter()
                .in("path")
                .name("token")
                .required(true)
                .description("signed; made for one message")
                .schema(new StringSchema()));
    }

    private static Operation pixel() {
        return open("loadPixel", "The picture that tells a mail was looked at.")
                .responses(new ApiResponses()
                        .addApiResponse("200", answer("one point", "image/gif", new StringSchema().format("binary")))
                        .addApiResponse("404", new ApiResponse().description("a token that is not ours")));
    }

    private static Operation click() {
        return open("followLink", "A link of a mail.")
                .responses(new ApiResponses()
                        .addApiResponse("302", new ApiResponse().description("on to where the mail pointed"))
                        .addApiResponse(
                                "404", answer("a page: the link does not work", "text/html", new StringSchema())));
    }

    private static Operation page(String name, String summary) {
        return open(name, summary)
                .responses(new ApiResponses()
                        .addApiResponse("200", answer("a page", "text/html", new StringSchema()))
                        .addApiResponse(
                                "404", answer("a page: the link does not work", "text/html", new StringSchema())));
    }

    private static Operation open(String name, String summary) {
        return new Operation()
                .operationId(name)
                .summary(summary)
                .addTagsItem("links of mails")
                .security(List.of());
    }

    private static ApiResponse answer(String description, String type, Schema<?> schema) {
        return new ApiResponse()
                .description(description)
                .content(new Content().addMediaType(type, new MediaType().schema(schema)));
    }

    private static Schema<?> reference(String name) {
        return new Schema<>().$ref("#/components/schemas/" + name);
    }

    private static Schema<?> text(String description) {
        return new StringSchema().description(description);
    }
}
