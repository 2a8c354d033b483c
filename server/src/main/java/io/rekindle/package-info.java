/** Rekindle wins back and grows the customers a company already has, and proves what it earned. */
@NullMarked
package io.rekindle;

import org.jspecify.annotations.NullMarked;
