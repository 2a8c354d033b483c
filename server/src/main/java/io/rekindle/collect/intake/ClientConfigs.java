package io.rekindle.collect.intake;

import io.rekindle.platform.PlatformSettings;
import jakarta.servlet.http.HttpServletRequest;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What browser clients ask for before they send: Segment's settings of a project and RudderStack's configuration of a
 * source. Both say the same in their own words: send everything here, to nobody else, and no telemetry of your own.
 */
final class ClientConfigs {
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.\\-]+(:\\d{1,5})?|\\[[0-9A-Fa-f:.]+](:\\d{1,5})?");

    private final PlatformSettings platform;
    private final JsonMapper json;

    ClientConfigs(PlatformSettings platform, JsonMapper json) {
        this.platform = platform;
        this.json = json;
    }

    /** For {@code GET /v1/projects/<key>/settings}. */
    ObjectNode segment(String writeKey, HttpServletRequest request) {
        var address = address(request);
        int colon = address.indexOf("://");
        var settings = json.createObjectNode();
        settings.putObject("integrations")
                .putObject("Segment.io")
                .put("apiKey", writeKey)
                .put("apiHost", address.substring(colon + 3) + "/v1")
                .put("protocol", address.substring(0, colon))
                .put("addBundledMetadata", false)
                .putArray("unbundledIntegrations");
        var plan = settings.putObject("plan");
        for (var call : new String[] {"track", "identify", "group"}) {
            var all = plan.putObject(call).putObject("__default");
            all.put("enabled", true).putObject("integrations");
        }
        settings.putObject("edgeFunction");
        settings.putObject("middlewareSettings");
        settings.putObject("enabledMiddleware");
        settings.putObject("metrics").put("sampleRate", 0);
        settings.put("analyticsNextEnabled", true).put("legacyVideoPluginsEnabled", false);
        settings.putArray("remotePlugins");
        return settings;
    }

    /** For {@code GET /v1/sourceConfig}. */
    ObjectNode rudderStack(String writeKey, int sourceId, String name) {
        var answer = json.createObjectNode();
        var source = answer.putObject("source");
        source.put("id", "source-" + sourceId)
                .put("name", name)
                .put("writeKey", writeKey)
                .put("enabled", true)
                .put("workspaceId", "rekindle");
        var collection = source.putObject("config").putObject("statsCollection");
        collection.putObject("errors").put("enabled", false);
        collection.putObject("metrics").put("enabled", false);
        source.putArray("connections");
        source.putArray("destinations");
        source.putObject("dataplanes");
        return answer;
    }

    /** Where the browser is to send: the public address, or where it asked when that leads nowhere from elsewhere. */
    private String address(HttpServletRequest request) {
        var host = host(request);
        if (host == null || !platform.isPublicUrlLocal())
            return platform.publicUrl().replaceAll("/+$", "");
        return request.getScheme() + "://" + host;
    }

    private static @Nullable String host(HttpServletRequest request) {
        var host = request.getHeader("Host");
        return host != null && HOST.matcher(host).matches() ? host : null;
    }
}
