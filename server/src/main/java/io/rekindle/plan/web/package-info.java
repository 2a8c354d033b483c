/** Objectives, offers, templates and campaigns over HTTP. */
@NullMarked
package io.rekindle.plan.web;

import org.jspecify.annotations.NullMarked;
