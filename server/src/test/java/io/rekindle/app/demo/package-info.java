@NullMarked
package io.rekindle.app.demo;

import org.jspecify.annotations.NullMarked;
