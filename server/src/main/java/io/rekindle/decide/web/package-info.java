/** The decision ledger over HTTP. */
@NullMarked
package io.rekindle.decide.web;

import org.jspecify.annotations.NullMarked;
