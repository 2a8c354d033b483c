@NullMarked
package io.rekindle.app.web;

import org.jspecify.annotations.NullMarked;
