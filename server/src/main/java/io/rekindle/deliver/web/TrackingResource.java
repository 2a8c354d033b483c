package io.rekindle.deliver.web;

import io.rekindle.deliver.links.Responses;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Base64;
import java.util.Locale;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** The pixel and the links of mails. A token that is not ours is answered 404 with a page for people, without telling why. */
@RestController
class TrackingResource {
    /** One transparent point. */
    private static final byte[] PIXEL =
            Base64.getDecoder().decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7");

    private final Responses responses;

    TrackingResource(Responses responses) {
        this.responses = responses;
    }

    @GetMapping("/t/o/{token:[A-Za-z0-9_-]+}.gif")
    ResponseEntity<byte[]> pixel(@PathVariable String token, HttpServletRequest request) {
        if (!responses.opened(token, visitor(request)))
            return ResponseEntity.notFound().build();
        return ResponseEntity.ok()
                .contentType(MediaType.IMAGE_GIF)
                .cacheControl(CacheControl.noStore())
                .body(PIXEL);
    }

    @GetMapping("/t/c/{token}")
    ResponseEntity<String> click(@PathVariable String token, HttpServletRequest request, Locale locale) {
        return responses
                .clicked(token, visitor(request))
                .map(target -> ResponseEntity.status(HttpStatus.FOUND)
                        .header(HttpHeaders.LOCATION, target)
                        .cacheControl(CacheControl.noStore())
                        .<String>build())
                .orElseGet(() -> HumanPage.broken(locale));
    }

    private static Responses.Visitor visitor(HttpServletRequest request) {
        var purpose = request.getHeader("Sec-Purpose");
        if (purpose == null) purpose = request.getHeader("Purpose");
        if (purpose == null) purpose = request.getHeader("X-Moz");
        return new Responses.Visitor(request.getMethod(), request.getHeader("User-Agent"), purpose);
    }
}
