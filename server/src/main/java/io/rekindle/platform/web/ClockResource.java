package io.rekindle.platform.web;

import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.ChangeTrail;
import io.rekindle.platform.SystemClock;
import io.rekindle.platform.TimeTravel;
import java.time.Instant;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The two clocks. */
@RestController
@RequestMapping("/api/clock")
class ClockResource {
    private final BusinessClock business;
    private final SystemClock system;
    private final TimeTravel travel;
    private final ChangeTrail trail;

    ClockResource(BusinessClock business, SystemClock system, TimeTravel travel, ChangeTrail trail) {
        this.business = business;
        this.system = system;
        this.travel = travel;
        this.trail = trail;
    }

    record Clocks(Instant businessTime, Instant systemTime, boolean movable) {}

    record Advance(Instant to) {}

    @GetMapping
    @PreAuthorize("hasRole('VIEWER')")
    Clocks clocks() {
        return new Clocks(business.instant(), system.instant(), travel.isAllowed());
    }

    /** Waits until all is quiet, moves the business clock, and waits for what became due. */
    @PostMapping("/advance")
    @PreAuthorize("hasRole('ADMIN')")
    Clocks advance(@RequestBody Advance advance) {
        travel.advanceTo(advance.to());
        trail.record("clock.advanced", "business clock", "to " + advance.to());
        return clocks();
    }

    /** Waits until all is quiet, then lets the business clock run with the system clock. */
    @PostMapping("/release")
    @PreAuthorize("hasRole('ADMIN')")
    Clocks release() {
        travel.release();
        trail.record("clock.released", "business clock", "runs with the system clock again");
        return clocks();
    }
}
