/** Consent and suppression over HTTP. */
@NullMarked
package io.rekindle.consent.web;

import org.jspecify.annotations.NullMarked;
